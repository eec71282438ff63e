import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

const RUNNER = path.join(import.meta.dirname, '../run-tests.mjs');
const OBJECTS = path.join(import.meta.dirname, 'fixtures/objects');
const TALLY = `public class Tally {
  public static Integer count(Boolean all) {
    if (all) {
      return [SELECT COUNT() FROM Contact];
    }
    return 0;
  }
}`;
const TALLY_TEST = `@IsTest
private class TallyTest {
  static Integer runs = 0;
  @TestSetup static void people() { insert new Contact(LastName = 'Reed'); }
  @IsTest static void countsOne() { runs++; Assert.areEqual(1, runs); Assert.areEqual(1, Tally.count(true)); }
  @IsTest static void addsOne() {
    runs++;
    Assert.areEqual(1, runs, 'static variables are fresh');
    insert new Contact(LastName = 'Brown');
    Assert.areEqual(2, Tally.count(true), 'set up anew');
  }
}`;
const BROKEN_TEST = `@IsTest
private class BrokenTest {
  @IsTest static void isWrong() {
    Assert.areEqual(1, 2, 'one is two');
  }
}`;

let folder;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'apex-tests-'));
  fs.writeFileSync(path.join(folder, 'Tally.cls'), TALLY);
  fs.writeFileSync(path.join(folder, 'TallyTest.cls'), TALLY_TEST);
});

after(() => fs.rmSync(folder, { recursive: true }));

function run(...options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, ...options], {
    encoding: 'utf8'
  });
  return { status, lines: stdout.trimEnd().split('\n'), stdout, stderr };
}

const runHere = (...options) => run(folder, '--objects', OBJECTS, ...options);

test('every test has a database and static variables of its own', () => {
  const { status, lines } = runHere();
  assert.equal(lines.at(-1), '2 passed, 0 failed');
  assert.match(lines[0], /^ {2}ok {3}TallyTest.countsOne \(\d+ ms\)$/);
  assert.equal(status, 0);
});

test('coverage counts the lines of classes that are no tests', () => {
  const report = path.join(folder, 'coverage.json');
  const { stdout } = runHere('--coverage', '--coverage-json', report);
  assert.match(stdout, /66.6 % {2}Tally.cls \(2\/3\) {2}not reached: 6/);
  assert.doesNotMatch(stdout, /TallyTest.cls/);
  assert.deepEqual(JSON.parse(fs.readFileSync(report, 'utf8')).total, {
    lines: 3,
    covered: 2,
    percent: 66.6
  });
});

test('coverage below the minimum fails', () => {
  const { status, stdout } = runHere('--minimum', '75');
  assert.match(stdout, /The coverage of 66.6 % is below the minimum of 75 %/);
  assert.equal(status, 1);
  assert.equal(runHere('--minimum', '60').status, 0);
});

test('a filter chooses classes and methods, and finding none fails', () => {
  assert.equal(runHere('tallytest.ADDS').lines.at(-1), '1 passed, 0 failed');
  const { status, lines } = runHere('Nothing');
  assert.equal(lines.at(-1), '0 passed, 0 failed');
  assert.equal(status, 1);
});

test('a failure shows message and Apex stack', () => {
  fs.writeFileSync(path.join(folder, 'BrokenTest.cls'), BROKEN_TEST);
  const { status, lines } = runHere('Broken');
  fs.rmSync(path.join(folder, 'BrokenTest.cls'));
  assert.equal(
    lines[1].trim(),
    'System.AssertException: Assertion Failed: one is two: Expected: 1, Actual: 2'
  );
  assert.equal(lines[2].trim(), 'Class.BrokenTest.isWrong: line 4, column 1');
  assert.equal(lines.at(-1), '0 passed, 1 failed');
  assert.equal(status, 1);
});

test('Apex that cannot be compiled fails with file and line', () => {
  fs.writeFileSync(path.join(folder, 'Odd.cls'), 'public class Odd {\n  Missing field;\n}');
  const { status, stderr, lines } = runHere();
  fs.rmSync(path.join(folder, 'Odd.cls'));
  assert.equal(stderr.trim(), 'Odd.cls:2 unknown type Missing');
  assert.equal(lines.at(-1), '0 passed, 1 failed');
  assert.equal(status, 1);
});

test('no folder is wrong usage', () => {
  const { status, stderr } = run();
  assert.match(stderr, /^usage: /);
  assert.equal(status, 2);
});
