/**
 * All checks of the Salesforce half that need no org, in one process:
 *
 *     node tests/salesforce/check.mjs                    every check
 *     node tests/salesforce/check.mjs apex-types lockfiles   only these
 *
 * They share what they read and parse; the two that wait for Java run beside the others.
 * Exit code 0 when all passed, 1 when one failed, 2 for an unknown name.
 */
import path from 'node:path';
import { describe, inOrder, passed, summary } from './reading/findings.mjs';
import { Project } from './reading/project.mjs';

/** In the order of the report. */
export const CHECKS = [
  'lockfiles',
  'project-schema',
  'metadata-types',
  'metadata-references',
  'components-source',
  'apex-types',
  'apex-annotations',
  'apex-soql-fields',
  'apex-security'
];

const REPOSITORY = path.resolve(import.meta.dirname, '..', '..');

/** Runs the named checks on one project. @returns answers with name and seconds, in order */
export function runChecks(project, names = CHECKS) {
  return Promise.all(names.map((name) => runCheck(project, name)));
}

async function runCheck(project, name) {
  const started = performance.now();
  const { check } = await import(`./checks/${name}.mjs`);
  const answer = await check(project);
  return { name, ...answer, seconds: (performance.now() - started) / 1000 };
}

/** The report of one check: its findings, then a line that says how it went. */
function report({ name, seconds, ...answer }) {
  const verdict = passed(answer) ? 'passed' : 'FAILED';
  const findings = inOrder(answer.findings).map((finding) => `${describe(finding)} [${name}]`);
  return [...findings, `${verdict} ${name}: ${summary(answer)}, ${seconds.toFixed(1)} s`];
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
