/** Projects with planted errors: a correct one, overlaid with the wrong files of one check. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Project } from './reading/project.mjs';
import { describe } from './reading/findings.mjs';

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
 * @param {string[]} expected as `Bad.cls:3: must be static`: the end of the file's name, the line,
 *   and a part of the message; the order does not matter
 */
export function assertFindings(answer, expected) {
  const open = [...expected];
  const found = answer.findings.map((finding) => {
    const index = open.findIndex((text) => meets(finding, text));
    return index === -1 ? describe(finding) : open.splice(index, 1)[0];
  });
  assert.deepEqual(found.sort(), [...expected].sort());
}

function meets(finding, text) {
  const [, end, line, phrase] = /^(.+?):(\d+): (.+)$/.exec(text);
  const { file, message } = finding;
  return file.endsWith(end) && finding.line === Number(line) && message.includes(phrase);
}
