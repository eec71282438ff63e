import assert from 'node:assert/strict';
import test from 'node:test';
import { check } from './checks/metadata-types.mjs';
import { MetadataTypes } from './reading/metadata-types.mjs';
import { assertFindings, plantedProject } from './planted.mjs';

test('every element, value and kind that the platform does not know is found', (t) => {
  assertFindings(check(plantedProject(t, 'metadata-types')), [
    'badTargets.js-meta.xml:2: needs a <masterLabel>',
    'badTargets.js-meta.xml:6: there is no target lightning__RecordPge',
    'badTargets.js-meta.xml:10: targets="lightning__RecordPage" is not among',
    "badTargets.js-meta.xml:11: property 'Kind' needs a name in camelCase",
    'badTargets.js-meta.xml:11: property Kind: Text is none of',
    "badTargets.js-meta.xml:12: default 'four' is no Integer",
    'badTargets.js-meta.xml:13: property amount stands twice',
    'badTargets.js-meta.xml:13: default 60 is outside min and max',
    "badTargets.js-meta.xml:14: default 'yes' is no Boolean",
    'badTargets.js-meta.xml:14: min and max are for Integer',
    'badTargets.js-meta.xml:15: <property> has no requird=',
    'badTargets.js-meta.xml:15: property tone needs a label',
    'badTargets.js-meta.xml:15: a datasource is for String',
    'badTargets.js-meta.xml:22: Small or Large',
    'badTargets.js-meta.xml:24: <targetConfig> has no element <object>',
    'badTargets.js-meta.xml:27: <objects> is for lightning__RecordPage',
    'badTargets.js-meta.xml:31: <target> is no <targetConfig>',
    'Wrong.namedCredential-meta.xml:2: needs xmlns=',
    'Wrong.namedCredential-meta.xml:3: <label> holds text',
    "Wrong.namedCredential-meta.xml:8: not 'Adress'",
    "Wrong.namedCredential-meta.xml:9: 'first' is no number",
    'Wrong__c.field-meta.xml:2: CustomFeild is no metadata type',
    'Broken.permissionset-meta.xml:3: no well-formed XML',
    'Wrong.permissionset-meta.xml:2: lacks <label>',
    "Wrong.permissionset-meta.xml:5: 'yes' is no boolean",
    'Wrong.permissionset-meta.xml:6: has no element <readable>',
    'Wrong.permissionset-meta.xml:8: has no element <classAccess>',
    'Wrong.permissionset-meta.xml:11: lacks <field>',
    'Wrong.permissionset-meta.xml:15: <description> stands twice',
    'Wrong.permissionset-meta.xml:15: <description> has 296 of at most 255 letters'
  ]);
});

test('types inherit the elements of the types they extend', () => {
  const types = new MetadataTypes(`
    export type Metadata = { fullName?: string };
    export type Page = Metadata & { kind: Kind; parts: string[] };
    export type Kind = 'Home' | 'Record';
  `);
  assert.deepEqual(
    [...types.elementsOf('Page')],
    [
      ['fullName', { name: 'string', optional: true }],
      ['kind', { name: 'Kind', optional: false }],
      ['parts', { name: 'string', many: true, optional: false }]
    ]
  );
  assert.deepEqual(types.valuesOf('Kind'), ['Home', 'Record']);
  assert.equal(types.elementsOf('Kind'), undefined);
});
