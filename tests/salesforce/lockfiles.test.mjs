import test from 'node:test';
import { check } from './checks/lockfiles.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

// Written here instead of under planted/: a search of the repository for such lines finds nothing.
const ADDRESS = 'https://packages.example/left-pad.tgz';

test('addresses of packages and places on one machine are found in whatever pins versions', (t) => {
  const project = plantedProject(t, undefined, {
    'package.json': '{ "dependencies": { "left-pad": "file:/home/someone/left-pad" } }',
    'package-lock.json': ['{', `"resolved": "${ADDRESS}",`, '"resolved": "file:../x"', '}'].join(
      '\n'
    ),
    '.npmrc': 'registry=https://packages.example/',
    'requirements/test.txt': [
      'flask==3.1.0  # see https://flask.example/docs',
      '--find-links https://packages.example/simple',
      `left-pad @ ${ADDRESS}`,
      '-f /home/someone/wheels'
    ].join('\n'),
    'simulator/package.json': '{}',
    'simulator/uv.lock': 'version = 1',
    'pyproject.toml': 'find = "/Users/someone/project"'
  });
  assertFindings(check(project), [
    'package.json:1: /home/someone/left-pad is a place on one machine',
    'package-lock.json:2: holds an address',
    'package-lock.json:3: holds an address',
    '.npmrc:1: chooses a registry',
    'requirements/test.txt:2: --find-links chooses an index',
    'requirements/test.txt:2: pins an address',
    'requirements/test.txt:3: pins an address',
    'requirements/test.txt:4: -f chooses an index',
    'requirements/test.txt:4: /home/someone/wheels is a place on one machine',
    'simulator/package.json:1: needs package-lock.json beside it',
    'simulator/package.json:1: needs .npmrc beside it',
    'simulator/uv.lock:1: holds addresses of packages',
    'pyproject.toml:1: /Users/someone/project is a place on one machine'
  ]);
});

test('portable pins pass', (t) => {
  const project = plantedProject(t, undefined, {
    'package.json': '{ "dependencies": { "left-pad": "1.3.0" } }',
    'package-lock.json': '{ "packages": { "node_modules/left-pad": { "version": "1.3.0" } } }',
    '.npmrc': 'omit-lockfile-registry-resolved=true',
    'requirements/test.txt': 'flask==3.1.0'
  });
  assertFindings(check(project), []);
});
