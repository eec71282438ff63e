/** The anonymous Apex of scripts/deploy runs against the package's own classes. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Program } from '../../simulator/lightning/apex/program.mjs';
import { runTests } from '../../simulator/lightning/apex/test-run.mjs';
import { REPOSITORY } from './reading/project.mjs';

const PACKAGE = path.join(REPOSITORY, 'force-app');

function ping(name) {
  return readFileSync(path.join(REPOSITORY, 'scripts', 'deploying', name), 'utf8');
}

/** An Apex test of one file: what the service answers, and how the call went. */
function apexTest(name, file, answer, credential, outcome) {
  return `@IsTest static void ${name}() {
    PersonalizationServiceMock service = PersonalizationServiceMock.install();
    service.${answer};
    ${ping(file)}
    Assert.areEqual('${outcome}', outcome);
    String endpoint = service.requests[0].getEndpoint();
    Assert.isTrue(endpoint.startsWith('callout:${credential}/'), endpoint);
  }`;
}

test('each first call goes through its credential and says how it went', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'first-calls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [service, admin] = ['ping-service.apex', 'ping-administration.apex'];
  const methods = [
    apexTest(
      'service',
      service,
      'answer(200, SampleAnswers.datasets())',
      'Personalization_Service',
      'OK retail, outlet'
    ),
    apexTest(
      'admin',
      admin,
      `answer(200, '{"letters":[]}')`,
      'Personalization_Administration',
      'OK 0'
    ),
    apexTest(
      'refused',
      admin,
      `answer(403, '{"code":"INSUFFICIENT_SCOPE","detail":"Not admin."}', 'application/problem+json')`,
      'Personalization_Administration',
      'NOT_CONNECTED Not admin.'
    )
  ];
  writeFileSync(
    path.join(folder, 'FirstCallsTest.cls'),
    `@IsTest private class FirstCallsTest {\n${methods.join('\n')}\n}`
  );
  for (const helper of ['PersonalizationServiceMock.cls', 'SampleAnswers.cls']) {
    copyFileSync(
      path.join(PACKAGE, 'test', 'default', 'classes', helper),
      path.join(folder, helper)
    );
  }
  const main = path.join(PACKAGE, 'main', 'default');
  const needed = ['classes', 'labels', 'objects', 'customMetadata'];
  const sources = [...needed.map((each) => path.join(main, each)), folder];
  const program = Program.read({ sources });
  const { results } = runTests(program, { filter: 'FirstCallsTest.' });
  assert.deepEqual(
    results.map(({ name, message }) => `${name} ${message ?? 'passed'}`),
    ['service', 'admin', 'refused'].map((name) => `FirstCallsTest.${name} passed`)
  );
});
