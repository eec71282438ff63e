/**
 * Property editors that Flow actions name: components of ours, exposed to Flow Builder.
 * Source: LWC guide, "Custom Property Editor JavaScript Interface"; that they need to be exposed is
 * common practice, not documented.
 */
import { annotation, classesOf, membersOf } from '../reading/apex.mjs';

/** What every editor answers Flow Builder with. */
const CONTRACT = ['inputVariables', 'builderContext', 'validate'];

/** The tags, such as `c-send-data-editor`, by the place that names them. @param {object[]} apexFiles */
export function* namedEditors(apexFiles) {
  for (const apexFile of apexFiles) {
    for (const apexClass of classesOf(apexFile)) {
      for (const member of membersOf(apexClass)) {
        const written = annotation(member, 'invocablemethod')?.values.get('configurationeditor');
        if (!written) continue;
        const tag = written.replaceAll("'", '');
        yield { tag, bundle: bundleOf(tag), file: apexFile.file, line: member.line };
      }
    }
  }
}

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* editorFaults({ apexFiles, components }) {
  for (const { tag, bundle, file, line } of namedEditors(apexFiles)) {
    const component = components.get(bundle);
    if (!component) yield { file, line, message: `there is no component ${tag}` };
    else yield* componentFaults(component, { tag, file, line });
  }
}

function* componentFaults({ root, script }, { tag, file, line }) {
  if (root?.value('isExposed') !== 'true') {
    yield { file, line, message: `component ${tag} is not exposed: Flow Builder cannot show it` };
  }
  const missing = CONTRACT.filter((name) => !script?.publicMembers.has(name));
  if (missing.length) {
    yield { file, line, message: `component ${tag} has no @api ${missing.join(', ')}` };
  }
}

function bundleOf(tag) {
  const name = tag.replace(/^[^-]+-/, ''); // c, or the package's namespace
  return name.replace(/-(\w)/g, (_dash, letter) => letter.toUpperCase());
}
