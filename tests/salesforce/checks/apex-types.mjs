/**
 * Type check of all Apex by apex-ls 6.0.2: unknown methods, wrong types, missing returns, unknown
 * fields in code, unknown labels. It comes as jars inside the PMD engine's npm package, with the
 * platform's types at API 65; what an org of another version knows besides is not seen here.
 */
import path from 'node:path';
import { jarFolder, runJava } from '../reading/java.mjs';
import { runAsCommand } from '../reading/findings.mjs';

/** apex-ls's exit codes: 0 nothing found, 4 issues found; anything else is a failure of its own. */
const UNDERSTOOD = new Set([0, 4]);

/** After a syntax error it lists all tokens that would have fitted. */
const EVERY_TOKEN = / expecting \{.*\}$/;

/** @param {import('../reading/project.mjs').Project} project */
export async function check(project) {
  const examined = project.metadataFiles('.cls').length;
  if (examined === 0) return { examined, findings: [] };
  return { examined, findings: issuesOf(await analyse(project), project) };
}

async function analyse(project) {
  const { code, output, complaint } = await runJava([
    '-cp',
    path.join(jarFolder(), '*'),
    'io.github.apexdevtools.apexls.CheckForIssues',
    ...['--workspace', project.root, '--detail', 'warnings', '--format', 'json', '--nocache']
  ]);
  if (!UNDERSTOOD.has(code)) throw new Error(`apex-ls stopped with ${code}: ${complaint}${output}`);
  return JSON.parse(output);
}

function issuesOf({ files }, project) {
  return files.flatMap(({ path: absolute, messages }) =>
    messages.map(({ start, message }) => ({
      file: path.relative(project.root, absolute).split(path.sep).join('/'),
      line: start.line,
      message: message.replace(EVERY_TOKEN, '')
    }))
  );
}

if (import.meta.main) await runAsCommand(check);
