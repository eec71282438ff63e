/**
 * What every check answers: how many things it looked at and what it found wrong.
 *
 * @typedef {{ file: string, line: number, message: string }} Finding
 *   `file` relative to the project, `line` from 1, `message` says what is wrong and what to do.
 * @typedef {{ examined: number, findings: Finding[], trouble?: string }} Answer
 *   `trouble` = why the check could not be carried out.
 */
import { Project, REPOSITORY } from './project.mjs';

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
  const answer = await attempt(check, new Project(process.argv[2] ?? REPOSITORY));
  for (const finding of inOrder(answer.findings)) console.log(describe(finding));
  console.log(summary(answer));
  process.exitCode = passed(answer) ? 0 : 1;
}

/** The check's answer, or one that says why there is none, e.g. without Java. */
export async function attempt(check, project) {
  try {
    return await check(project);
  } catch (fault) {
    if (process.env.DEBUG) console.error(fault);
    return { examined: 0, findings: [], trouble: fault.message };
  }
}

/** Did the check look at something and find nothing wrong? */
export function passed({ examined, findings }) {
  return examined > 0 && findings.length === 0;
}

/** "12 examined, 1 finding", or why there was nothing to do. */
export function summary({ examined, findings, trouble }) {
  if (trouble) return `could not be carried out: ${trouble} (DEBUG=1 shows where)`;
  if (examined === 0) return 'nothing to examine: is this the root of the project?';
  return `${examined} examined, ${findings.length} finding${findings.length === 1 ? '' : 's'}`;
}
