/**
 * sfdx-project.json and the scratch org definition follow Salesforce's published schemas, and the
 * files and folders that the project file names are there.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Ajv } from 'ajv';
import { runAsCommand } from '../reading/findings.mjs';

const require = createRequire(import.meta.url);
const SCHEMAS = path.dirname(require.resolve('@salesforce/schemas/package.json'));

const PROJECT = 'sfdx-project.json';
const DOCUMENTS = [
  [PROJECT, 'sfdx-project.schema.json'],
  ['config/project-scratch-def.json', 'project-scratch-def.schema.json']
];

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const findings = DOCUMENTS.flatMap(([file, schema]) => schemaFindings(project, file, schema));
  return { examined: DOCUMENTS.length, findings: [...findings, ...placeFindings(project)] };
}

function schemaFindings(project, file, schema) {
  if (!project.has(file)) return [finding(file, 1, 'is missing')];
  const text = project.text(file);
  try {
    const validate = validator(schema);
    const isValid = validate(JSON.parse(text));
    return isValid ? [] : validate.errors.map((error) => schemaFinding(file, text, error));
  } catch (fault) {
    if (!(fault instanceof SyntaxError)) throw fault;
    return [finding(file, 1, `no JSON: ${fault.message}`)];
  }
}

/** The schemas use keywords of editors, so strict mode would refuse the schemas themselves. */
function validator(schema) {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  return ajv.compile(JSON.parse(readFileSync(path.join(SCHEMAS, schema), 'utf8')));
}

function schemaFinding(file, text, { instancePath, message, params }) {
  const named = params.additionalProperty ?? params.missingProperty ?? '';
  const line = lineOf(text, params.additionalProperty ?? instancePath.split('/').at(-1));
  return finding(file, line, `${instancePath || '/'} ${message} ${named}`.trim());
}

/** What the project file points at exists; the files of `replacements` hold what is replaced. */
function placeFindings(project) {
  if (!project.has(PROJECT)) return [];
  const text = project.text(PROJECT);
  const { packageDirectories = [], replacements = [] } = project.settings;
  const folders = packageDirectories
    .filter((folder) => folder.path && !project.has(folder.path))
    .map((folder) => finding(PROJECT, lineOf(text, folder.path), `no folder ${folder.path}`));
  return [...folders, ...replacements.flatMap((one) => replacementFindings(project, text, one))];
}

function replacementFindings(project, text, { filename, stringToReplace }) {
  if (!filename) return []; // a glob names no single file
  const line = lineOf(text, filename);
  if (!project.has(filename)) return [finding(PROJECT, line, `no file ${filename} to replace in`)];
  if (!stringToReplace || project.text(filename).includes(stringToReplace)) return [];
  return [finding(PROJECT, line, `${filename} does not contain '${stringToReplace}'`)];
}

/** Line of the first `"word"`; 1 when it stands nowhere. */
function lineOf(text, word) {
  const at = text.indexOf(`"${word}"`);
  return at === -1 ? 1 : text.slice(0, at).split('\n').length;
}

function finding(file, line, message) {
  return { file, line, message };
}

if (import.meta.main) await runAsCommand(check);
