/**
 * All checks of the Salesforce half that need no org, in one process:
 *
 *     node tests/salesforce/check.mjs                    every check
 *     node tests/salesforce/check.mjs apex-types lockfiles   only these
 *
 * They share what they read and parse; the two that wait for Java run beside the others.
 * Exit code 0 when all passed, 1 when one failed, 2 for an unknown name.
 */
import { attempt, describe, inOrder, passed, summary } from './reading/findings.mjs';
import { Project, REPOSITORY } from './reading/project.mjs';

/** In the order of the report. */
export const CHECKS = [
  'lockfiles',
  'project-schema',
  'metadata-types',
  'metadata-references',
  'namespace',
  'components-source',
  'template-types',
  'package-surface',
  'apex-types',
  'apex-annotations',
  'apex-soql-fields',
  'apex-security'
];

/** Checks that wait for a Java program: they start first, the others run while they wait. */
const WAITING = new Set(['apex-security', 'apex-types']);

/** Runs the named checks on one project. @returns answers with their names, in order */
export async function runChecks(project, names = CHECKS) {
  const started = new Map();
  for (const name of [...names].sort((a, b) => WAITING.has(b) - WAITING.has(a))) {
    const { check } = await import(`./checks/${name}.mjs`);
    started.set(name, attempt(check, project));
  }
  return Promise.all(names.map(async (name) => ({ name, ...(await started.get(name)) })));
}

/** The report of one check: its findings, then a line that says how it went. */
function report({ name, ...answer }) {
  const verdict = passed(answer) ? 'passed' : 'FAILED';
  const findings = inOrder(answer.findings).map((finding) => `${describe(finding)} [${name}]`);
  return [...findings, `${verdict} ${name}: ${summary(answer)}`];
}

async function main(names) {
  const unknown = names.filter((name) => !CHECKS.includes(name));
  if (unknown.length > 0) {
    console.error(`No check is named ${unknown.join(', ')}. There are: ${CHECKS.join(', ')}`);
    return 2;
  }
  const answers = await runChecks(new Project(REPOSITORY), names.length > 0 ? names : CHECKS);
  const failed = answers.filter((answer) => !passed(answer)).length;
  for (const answer of answers) console.log(report(answer).join('\n'));
  console.log(`${answers.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
