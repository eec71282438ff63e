/**
 * What every check answers: how many things it looked at and what it found wrong.
 *
 * @typedef {{ file: string, line: number, message: string }} Finding
 *   `file` relative to the project, `line` from 1, `message` says what is wrong and what to do.
 * @typedef {{ examined: number, findings: Finding[] }} Answer
 */
import { Project } from './project.mjs';

/** Finding as one line of text, in the form editors and CI turn into a link. */
export function describe({ file, line, message }) {
  return `${file}:${line}: ${message}`;
}

/** Findings in reading order: by file, line and message. */
export function inOrder(findings) {
  return [...findings].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.message, b.message)
  );
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}

/**
 * A check as a command: prints its findings, exit code 1 when there are any.
 *
 * A check that had nothing to examine fails too: a renamed folder must not turn it off unseen.
 *
 * @param {(project: Project) => Answer | Promise<Answer>} check
 */
export async function runAsCommand(check) {
  const answer = await check(new Project(process.argv[2] ?? process.cwd()));
  for (const finding of inOrder(answer.findings)) console.log(describe(finding));
  console.log(summary(answer));
  process.exitCode = passed(answer) ? 0 : 1;
}

/** Did the check look at something and find nothing wrong? */
export function passed({ examined, findings }) {
  return examined > 0 && findings.length === 0;
}

/** "12 examined, 1 finding", or why there was nothing to do. */
export function summary({ examined, findings }) {
  if (examined === 0) return 'nothing to examine: is this the root of the project?';
  return `${examined} examined, ${findings.length} finding${findings.length === 1 ? '' : 's'}`;
}
