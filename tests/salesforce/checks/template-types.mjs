/**
 * Each template for Personalization uses only what the declarations list, which is what is
 * documented; it is one class that a campaign can run, and has the file that the import wants.
 */
import path from 'node:path';
import ts from 'typescript';
import { runAsCommand } from '../reading/findings.mjs';
import { REPOSITORY } from '../reading/project.mjs';

const FOLDER = 'personalization-templates';
const INTERFACE = 'CampaignTemplateComponent';
const DESCRIPTION = 'evergage-template.json';
const DESCRIBED = ['name', 'description', 'imageUrl', 'category'];

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const templates = project.files(FOLDER).filter((file) => path.basename(file) === 'template.ts');
  const program = programOf(templates.map((file) => path.join(project.root, file)));
  const findings = templates.flatMap((file) => {
    const source = program.getSourceFile(path.join(project.root, file));
    return [
      ...typeFindings(file, ts.getPreEmitDiagnostics(program, source)),
      ...classFindings(file, source),
      ...nameFindings(file, source),
      ...descriptionFindings(project, path.posix.dirname(file))
    ];
  });
  return { examined: templates.length, findings };
}

/** The templates with our declarations and compiler options. */
function programOf(files) {
  const folder = path.join(REPOSITORY, FOLDER);
  const { config } = ts.readConfigFile(path.join(folder, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const declarations = path.join(folder, 'declarations', 'personalization.d.ts');
  return ts.createProgram([...files, declarations], options);
}

function typeFindings(file, diagnostics) {
  return diagnostics.map(({ file: source, start, messageText }) => ({
    file,
    line: source ? source.getLineAndCharacterOfPosition(start).line + 1 : 1,
    message: ts.flattenDiagnosticMessageText(messageText, ' ')
  }));
}

function classFindings(file, source) {
  const classes = source.statements.filter(isTemplate);
  if (classes.length === 1) return [];
  return [{ file, line: 1, message: `exports ${classes.length} classes of ${INTERFACE}, not one` }];
}

/** Names that only our declarations know. */
function nameFindings(file, source) {
  return source.text.split('\n').flatMap((text, index) => {
    const name = /\b_[A-Z]\w*/.exec(text)?.[0];
    return name ? [{ file, line: index + 1, message: `the platform knows no ${name}` }] : [];
  });
}

function isTemplate(statement) {
  if (!ts.isClassDeclaration(statement)) return false;
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  const types = statement.heritageClauses?.flatMap((clause) => clause.types) ?? [];
  return Boolean(isExported) && types.some((type) => type.getText() === INTERFACE);
}

function descriptionFindings(project, folder) {
  const file = `${folder}/${DESCRIPTION}`;
  if (!project.has(file)) return [{ file: folder, line: 1, message: `has no ${DESCRIPTION}` }];
  const described = JSON.parse(project.text(file));
  const wrong = Object.keys(described).join() !== DESCRIBED.join();
  const isBlank = !described.name || !described.description;
  if (!wrong && !isBlank) return [];
  const message = wrong ? `must have ${DESCRIBED.join(', ')}` : 'needs a name and a description';
  return [{ file, line: 1, message }];
}

if (import.meta.main) await runAsCommand(check);
