/**
 * Runs templates of personalization-templates/ as Personalization would, on small fakes of what it
 * documents. One line of JSON in, one out, until the input ends:
 *
 *     {template, fields, user: {attributes, segmentMembership}, recommended: [item], decided: [item]}
 *     {payload, asked}    or    {fault}
 *
 * `fields` are what an admin fills in; blank ones keep the template's default. `asked` is what the
 * template asked `recommend` or `decide` for. The payload is the configured fields, then what `run`
 * returned, as the platform merges them.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import vm from 'node:vm';
import ts from 'typescript';

const TEMPLATES = path.resolve(import.meta.dirname, '..', '..', 'personalization-templates');
const DECORATORS = [
  ...['title', 'subtitle', 'header', 'headerSubtitle'],
  ...['optional', 'lookupOptions', 'searchOptions']
];

class RecommendationsConfig {
  itemType = null;
  maxResults = 4;
  recipe = null;
}

/** What a template may import, for one question. */
function modulesFor(question, asked) {
  return {
    common: { ContentZoneLookup: class {} },
    recs: {
      RecommendationsConfig,
      recommend(context, { recipe, itemType, maxResults }) {
        if (!recipe) throw new Error('System service exception: recipeId is null');
        asked.push({ recipe: recipe.id, itemType, maxResults });
        return question.recommended.slice(0, maxResults);
      }
    },
    corvus: {
      decide(context, { maxResults, contentZone, fallbackArms }, filter) {
        asked.push({ maxResults, contentZone, fallbackArms, filter });
        return question.decided.slice(0, maxResults);
      }
    }
  };
}

/** The class that a template exports, compiled without its types. */
function templateClass(name, modules) {
  const source = readFileSync(path.join(TEMPLATES, name, 'template.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2020,
      module: ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      useDefineForClassFields: false
    }
  });
  const exports = {};
  const decorators = DECORATORS.map((decorator) => [decorator, () => () => undefined]);
  vm.runInNewContext(outputText, {
    ...Object.fromEntries(decorators),
    exports,
    require: (module) => modules[module]
  });
  return Object.values(exports).find((one) => 'run' in one.prototype);
}

function answer(question) {
  const asked = [];
  try {
    const template = new (templateClass(question.template, modulesFor(question, asked)))();
    Object.assign(template, question.fields);
    const returned = template.run({ user: question.user, services: {} });
    return { payload: { ...template, ...returned }, asked };
  } catch (fault) {
    return { fault: String(fault) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(line))));
}
