import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import { cast, rowsOfOrg, startVisits } from './stack.mjs';

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => visits.leave());
after(() => visits.close());

const pageOf = (objectName, recordId) => visits.open(`/lightning/r/${objectName}/${recordId}/view`);

const statesOf = async (page) => (await settledComponents(page)).map(({ state }) => state);

for (const [objectName, soql] of [
  ['Case', 'SELECT Id FROM Case WHERE ContactId = '],
  ['Opportunity', 'SELECT OpportunityId FROM OpportunityContactRole WHERE ContactId = ']
]) {
  test(`a page of ${objectName} shows what is known of its contact`, async () => {
    const [row] = await rowsOfOrg(`${soql}'${people.usual.record_id}' LIMIT 1`);
    const { page, faults } = await pageOf(objectName, row.OpportunityId ?? row.Id);
    assert.deepEqual((await statesOf(page)).slice(0, 2), ['content', 'content']);
    assert.deepEqual(faults, []);
  });
}

test('a case without a contact says so on every card', async () => {
  const [nobodys] = await rowsOfOrg('SELECT Id FROM Case WHERE ContactId = null LIMIT 1');
  const { page, faults } = await pageOf('Case', nobodys.Id);
  assert.deepEqual(await statesOf(page), ['empty', 'empty', 'empty', 'empty']);
  assert.equal(await page.getByText('This Case has no contact.').count(), 4);
  assert.deepEqual(faults, []);
});
