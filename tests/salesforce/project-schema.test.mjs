import test from 'node:test';
import { check } from './checks/project-schema.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('misspelt keys, wrong values and files that are not there are found', (t) => {
  assertFindings(check(plantedProject(t, 'project-schema')), [
    'project-scratch-def.json:3: /edition must be equal to one of the allowed values',
    'sfdx-project.json:4: no folder force-app/tset',
    'sfdx-project.json:7: must NOT have additional properties sourceApiVersoin',
    'sfdx-project.json:8: /sourceApiVersion must be string',
    'sfdx-project.json:11: no file force-app/main/default/namedCredentials/Gone',
    "sfdx-project.json:16: does not contain 'https://moved.example.com'"
  ]);
});

test('a correct project passes', (t) => {
  assertFindings(check(plantedProject(t)), []);
});

test('a file that is no JSON is said to be none', (t) => {
  const project = plantedProject(t, undefined, { 'config/project-scratch-def.json': '{' });
  assertFindings(check(project), ['project-scratch-def.json:1: no JSON']);
});
