import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import { cast, eventually, rowsOfOrg, SHOP, startVisits } from './stack.mjs';

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
  await lookAtProduct(people.usual);
});
afterEach(() => visits.leave());
after(() => visits.close());

/** Look at a product in the shop as somebody, so that this person is hot. */
async function lookAtProduct(person) {
  const { page } = await visits.open('about:blank');
  const collected = page.waitForResponse((response) => response.url().includes('/collect/acme/'));
  await page.goto(`${SHOP}/products/85123A?as=${person.record_id}`);
  await collected;
  await page.close();
}

const cardOf = (page, title) => page.locator('shell-placed-component', { hasText: title });

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

test('an account shows its hottest people, their sums and one stream that goes on by itself', async () => {
  const [row] = await rowsOfOrg(
    `SELECT AccountId FROM Contact WHERE Id = '${people.usual.record_id}'`
  );
  const { page, faults } = await pageOf('Account', row.AccountId);
  assert.deepEqual(await statesOf(page), ['content', 'content', 'content']);
  const [hottest, affinities, stream] = ['Hottest People', 'Show By', 'Event Stream'].map((title) =>
    cardOf(page, title)
  );
  const first = hottest.locator('li').first();
  assert.match(await first.innerText(), /Hot now[^]*Looked at .+ in the last/);
  const name = first.getByRole('link', { name: people.usual.name });
  assert.match(await name.getAttribute('href'), new RegExp(`/${people.usual.record_id}/view$`));
  await affinities.getByText(/Personalization knows \d of \d people/).waitFor();
  await stream
    .locator('c-event-row')
    .first()
    .getByRole('link', { name: people.usual.name })
    .waitFor();
  const newest = () => stream.locator('[data-event]').first().getAttribute('data-event');
  const before = await newest();
  await lookAtProduct(people.usual);
  await eventually(newest, (id) => id !== before);
  await name.click();
  await page.getByRole('heading', { name: people.usual.name }).waitFor();
  assert.deepEqual(faults, []);
});

test('home shows who is hot among the viewer’s own contacts and leads', async () => {
  const { page, faults } = await visits.open('/lightning/page/home');
  const hot = cardOf(page, 'Who Is Hot Among My Contacts');
  await hot
    .locator('li', { hasText: 'Hot now' })
    .getByRole('link', { name: people.usual.name })
    .waitFor();
  assert.equal(await hot.locator('li').count(), 5);
  assert.deepEqual(faults, []);
});

test('the quick action offers next best and keeps the answer on the contact', async () => {
  const { page, faults } = await pageOf('Contact', people.another.record_id);
  await page.getByRole('button', { name: 'Offer Next Best' }).click();
  const dialog = page.getByRole('dialog', { name: 'Offer Next Best' });
  const tile = dialog.locator('li', { has: page.locator('c-promotion-tile') }).first();
  await tile.getByRole('button', { name: 'Offered' }).click();
  const answers = `SELECT Answer__c FROM Offer_Response__c WHERE Contact__c = '${people.another.record_id}' AND Answer__c = 'Offered'`;
  await eventually(
    () => rowsOfOrg(answers),
    (rows) => rows.length === 1
  );
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});
