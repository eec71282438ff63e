import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { recordPage } from '../flexipages.mjs';
import { salesforceProject } from '../project.mjs';
import { relatedListOf, relatedRows } from '../related-lists.mjs';
import { runReports } from '../reports.mjs';

const project = salesforceProject();

const answers = ['Details', 'Offered', 'Accepted', 'Declined'].map((value) => ({ value }));
const FIELDS = [
  { name: 'Name', label: 'Offer Response Number', type: 'string' },
  { name: 'Item_Name__c', label: 'Item Name', type: 'string', picklistValues: [] },
  { name: 'Answer__c', label: 'Answer', type: 'picklist', picklistValues: answers },
  { name: 'Reason__c', label: 'Reason', type: 'string' },
  { name: 'Status__c', label: 'Status', type: 'picklist' },
  { name: 'Answered_At__c', label: 'Answered At', type: 'datetime' },
  {
    name: 'User__c',
    label: 'User',
    type: 'reference',
    referenceTo: ['User'],
    relationshipName: 'User__r'
  }
];

/** An org that describes Offer_Response__c and answers every query with these rows. */
function orgWith(rows) {
  return {
    queries: [],
    async describe(name) {
      return { name, label: name, fields: FIELDS };
    },
    async query(soql) {
      this.queries.push(soql);
      return rows;
    }
  };
}

const row = (item, answer, day, rep = 'Robin') => ({
  Item_Name__c: item,
  Answer__c: answer,
  Answered_At__c: `${day}T23:30:00.000+0000`,
  User__r: { Name: rep }
});

const ROWS = [
  row('Tea', 'Declined', '2026-11-29'),
  row('Mug', 'Offered', '2026-11-30'),
  row('Mug', 'Accepted', '2026-12-01', 'Ada'),
  row('Mug', 'Offered', '2026-12-06')
];

const run = async (rows) => {
  const org = orgWith(rows);
  const reports = await runReports(org, project, 'Personalization');
  return { org, byName: Object.fromEntries(reports.map((report) => [report.name, report])) };
};

test('a matrix counts by item and answer, answers in the order of their picklist', async () => {
  const { byName, org } = await run(ROWS);
  const { columns, rows, totals, total, down } = byName.Offer_Responses_by_Item;
  assert.equal(down, 'Item Name');
  assert.deepEqual(columns, ['Offered', 'Accepted', 'Declined']);
  assert.deepEqual(rows, [
    { label: 'Mug', counts: [2, 1, 0], total: 3 },
    { label: 'Tea', counts: [0, 0, 1], total: 1 }
  ]);
  assert.deepEqual([totals, total], [[2, 1, 1], 4]);
  assert.ok(org.queries[0].includes("Answer__c IN ('Offered', 'Accepted', 'Declined')"));
});

test('reps are groups by their names, time by weeks that begin on Monday', async () => {
  const { byName } = await run(ROWS);
  const labels = (name) => byName[name].rows.map(({ label }) => label);
  assert.deepEqual(labels('Offer_Responses_by_Rep'), ['Ada', 'Robin']);
  assert.deepEqual(labels('Offer_Responses_over_Time'), [
    '23/11/2026 - 29/11/2026',
    '30/11/2026 - 06/12/2026'
  ]);
});

test('without rows there is nothing to show', async () => {
  const { byName } = await run([]);
  const { rows, columns, total } = byName.Offer_Responses_by_Item;
  assert.deepEqual([rows, columns, total], [[], [], 0]);
});

test('a report of another form is refused, by name', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'reports-'));
  fs.mkdirSync(path.join(folder, 'F'));
  const xml = '<Report><format>Tabular</format><name>x</name></Report>';
  fs.writeFileSync(path.join(folder, 'F/Plain.report-meta.xml'), xml);
  await assert.rejects(
    runReports(orgWith([]), { ...project, reports: folder }, 'F'),
    /Plain: only a matrix/
  );
});

test('a related list asks for the rows of the record by the look-up behind it', async () => {
  const list = relatedListOf(recordPage(project.flexipages, 'Lead'), 'Offer_Responses__r');
  const org = orgWith([{ Id: 'a0R1', Name: 'OR-000001', ...ROWS[0] }]);
  const { columns, rows } = await relatedRows(org, project.objects, 'Lead', "00Q'1", list);
  assert.match(org.queries[0], /WHERE Lead__c = '00Q\\'1' ORDER BY Answered_At__c DESC LIMIT 11$/);
  assert.equal(columns[0], 'Offer Response Number');
  assert.equal(rows[0].cells.find(({ label }) => label === 'User').value, 'Robin');
});

test('a relationship that nothing has is refused', async () => {
  const list = { relationship: 'Visits__r', fields: [], most: 1, orderBy: 'Name' };
  await assert.rejects(relatedRows(orgWith([]), project.objects, 'Lead', '1', list), /Visits__r/);
});
