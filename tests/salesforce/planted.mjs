/** Projects with planted errors: a correct one, overlaid with the wrong files of one check. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Project } from './reading/project.mjs';
import { describe, inOrder } from './reading/findings.mjs';

const PLANTED = path.join(import.meta.dirname, 'planted');

/**
 * A throw-away project: planted/correct, then planted/<name> over it, then `files`.
 *
 * @param {import('node:test').TestContext} t removes the project when the test is over
 * @param {string} [name] folder below planted/; without it the project stays correct
 * @param {Record<string, string>} [files] further contents by file name
 */
export function plantedProject(t, name, files = {}) {
  const root = mkdtempSync(path.join(tmpdir(), 'planted-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const part of ['correct', name].filter(Boolean)) {
    assert.ok(existsSync(path.join(PLANTED, part)), `planted/${part} is missing`);
    cpSync(path.join(PLANTED, part), root, { recursive: true });
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return new Project(root);
}

/**
 * Exactly these findings and no others: nothing missed, and silence on the correct files beside.
 *
 * @param {import('./reading/findings.mjs').Answer} answer
 * @param {string[]} expected in reading order as `Bad.cls:3: must be static`: the end of the file's
 *   name, the line, and a part of the message
 */
export function assertFindings(answer, expected) {
  const found = inOrder(answer.findings).map((finding, index) => {
    const [, end, line, phrase] = /^(.+?):(\d+): (.+)$/.exec(expected[index] ?? '') ?? [];
    const meets =
      finding.file.endsWith(end) &&
      finding.line === Number(line) &&
      finding.message.includes(phrase);
    return meets ? expected[index] : describe(finding);
  });
  assert.deepEqual(found, expected);
}
