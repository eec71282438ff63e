/** What data sharing writes is seen wherever a rep or an administrator looks for it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

const MAIN = new URL('../../force-app/main/default/', import.meta.url);
const FIELDS = [
  'Personalization_Engagement__c',
  'Personalization_Engagement_Trend__c',
  'Personalization_Segments__c',
  'Personalization_First_Activity__c',
  'Personalization_Last_Activity__c',
  'Personalization_Link__c',
  'Personalization_Top_Affinity__c'
];
const read = (path) => fs.readFileSync(new URL(path, MAIN), 'utf8');
const permission = (set, field) =>
  read(`permissionsets/${set}.permissionset-meta.xml`)
    .split('<fieldPermissions>')
    .find((part) => part.includes(`<field>${field}</field>`));

for (const object of ['Contact', 'Lead', 'Account']) {
  test(`${object}: field set, page layout and record page show every field`, () => {
    const places = [
      `objects/${object}/fieldSets/Personalization.fieldSet-meta.xml`,
      `layouts/${object}-Personalization ${object} Layout.layout-meta.xml`,
      `flexipages/Personalization_${object}_Record_Page.flexipage-meta.xml`
    ];
    for (const place of places) {
      const shown = read(encodeURI(place));
      assert.deepEqual(
        FIELDS.filter((field) => !new RegExp(`[>.]${field}<`).test(shown)),
        [],
        place
      );
    }
  });

  test(`${object}: reps read the fields, and only the integration user writes them`, () => {
    for (const field of FIELDS) {
      const name = `${object}.${field}`;
      assert.match(permission('Personalization_Viewer', name), /<editable>false/);
      assert.match(permission('Personalization_Data_Sharing', name), /<editable>true/);
    }
  });
}
