import test from 'node:test';
import { check } from './checks/template-types.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('what is not documented, not run or not described is found', (t) => {
  assertFindings(check(plantedProject(t, 'template-types')), [
    'nosy/template.ts:1: has no exported member',
    "nosy/template.ts:4: Cannot find name 'titel'",
    "nosy/template.ts:5: 'number' is not assignable",
    "nosy/template.ts:8: Property 'visitHistory' does not exist",
    "nosy/template.ts:9: Property 'affinities' does not exist",
    'personalization-templates/nosy:1: has no evergage-template.json',
    'nameless/evergage-template.json:1: needs a name and a description',
    'twice/template.ts:1: exports 2 classes',
    'twice/template.ts:13: the platform knows no _Item',
    'twice/evergage-template.json:1: must have name, description, imageUrl, category'
  ]);
});

test('a correct template passes', (t) => {
  assertFindings(check(plantedProject(t)), []);
});
