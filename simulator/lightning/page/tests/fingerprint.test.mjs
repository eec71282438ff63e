import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { buildUnlessSame, fingerprint } from '../bundling/fingerprint.mjs';

let folder;
let input;
let output;
let builds;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fingerprint-'));
  input = path.join(folder, 'source');
  output = path.join(folder, 'built');
  builds = 0;
  fs.mkdirSync(path.join(input, 'deeper'), { recursive: true });
  fs.writeFileSync(path.join(input, 'deeper/a.js'), 'one');
});

const build = async (directory) => {
  builds += 1;
  fs.mkdirSync(directory);
  fs.copyFileSync(path.join(input, 'deeper/a.js'), path.join(directory, 'a.js'));
};
const buildAgain = () => buildUnlessSame(output, fingerprint([input]), build);

test('what has not changed is not built again', async () => {
  assert.equal(await buildAgain(), true);
  assert.equal(await buildAgain(), false);
  assert.equal(builds, 1);
});

test('a changed file, and a renamed one, are built again', async () => {
  await buildAgain();
  fs.writeFileSync(path.join(input, 'deeper/a.js'), 'two');
  assert.equal(await buildAgain(), true);
  fs.writeFileSync(path.join(input, 'b.js'), '');
  assert.equal(await buildAgain(), true);
  assert.equal(fs.readFileSync(path.join(output, 'a.js'), 'utf8'), 'two');
});

test('a build that fails leaves the last one in place, and is tried again', async () => {
  await buildAgain();
  fs.writeFileSync(path.join(input, 'deeper/a.js'), 'two');
  const failing = buildUnlessSame(output, fingerprint([input]), async () => {
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  assert.equal(fs.readFileSync(path.join(output, 'a.js'), 'utf8'), 'one');
  assert.equal(await buildAgain(), true);
});
