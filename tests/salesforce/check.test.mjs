import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { CHECKS, runChecks } from './check.mjs';
import { describe, inOrder, passed, summary } from './reading/findings.mjs';
import { plantedProject } from './planted.mjs';

const FOLDER = import.meta.dirname;

function run(script, args, environment = process.env) {
  const command = [path.join(FOLDER, script), ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8', env: environment });
}

test('every check is silent on the correct project', async (t) => {
  // apex-security takes longest and is silent on the same classes in its own test.
  const names = CHECKS.filter((name) => name !== 'apex-security');
  const answers = await runChecks(plantedProject(t), names);
  assert.deepEqual(
    answers.map(({ name }) => name),
    names
  );
  assert.deepEqual(
    answers.flatMap(({ findings }) => findings.map(describe)),
    []
  );
});

test('a check that finds nothing to look at does not pass', () => {
  assert.equal(passed({ examined: 0, findings: [] }), false);
  assert.match(summary({ examined: 0, findings: [] }), /nothing to examine/);
  assert.equal(passed({ examined: 1, findings: [] }), true);
});

test('findings are listed by file, then line, then message', () => {
  const at = (file, line, message) => ({ file, line, message });
  const sorted = [at('a', 2, 'x'), at('a', 10, 'a'), at('a', 10, 'b'), at('b', 1, 'x')];
  assert.deepEqual(inOrder([...sorted].reverse()), sorted);
});

test('as a command a check prints file, line and message and fails', (t) => {
  const { root } = plantedProject(t, 'project-schema');
  const { status, stdout } = run('checks/project-schema.mjs', [root]);
  assert.equal(status, 1);
  assert.match(stdout, /^sfdx-project\.json:4: no folder force-app\/tset$/m);
  assert.match(stdout, /^2 examined, 6 findings$/m);
});

test('as a command a check passes on a correct project', (t) => {
  const { status, stdout } = run('checks/metadata-references.mjs', [plantedProject(t).root]);
  assert.deepEqual([status, stdout.trim()], [0, '15 examined, 0 findings']);
});

test('an unknown name of a check is refused with the names there are', () => {
  const { status, stderr } = run('check.mjs', ['apex-typos']);
  assert.equal(status, 2);
  assert.match(stderr, /apex-typos.*apex-types/);
});

for (const name of ['apex-types', 'apex-security']) {
  test(`without Java ${name} fails and says so`, (t) => {
    const environment = { ...process.env, JAVA: '/nowhere/bin/java' };
    const { status, stdout } = run(`checks/${name}.mjs`, [plantedProject(t).root], environment);
    assert.equal(status, 1);
    assert.match(stdout, /^could not be carried out: .*\/nowhere\/bin\/java/);
  });
}
