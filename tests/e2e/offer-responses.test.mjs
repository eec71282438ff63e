import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import {
  cast,
  eventsOfService,
  eventually,
  haltService,
  recordAddress,
  resumeService,
  rowsOfOrg,
  startVisits,
  streamOf
} from './stack.mjs';

const PROMOTION = 'Next Best Promotion and Action';
const RECOMMENDATION = 'Next Best Recommendation';
/** A look is counted after a second on screen; then a worker sends it. */
const COUNTED_MS = 10_000;
/** The call times out after 5 s; the job runs every 5 s; then a worker sends it. */
const RECOVERED_MS = 30_000;

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => {
  resumeService();
  return visits.leave();
});
after(() => visits.close());

const cardOf = (page, title) => page.locator('shell-placed-component', { hasText: title });
const offersOn = (page) => page.locator('c-offer-list li', { has: page.locator('article') });
const offersIn = (page, title) => cardOf(page, title).locator(offersOn(page));
const namesIn = (page, title) => offersIn(page, title).locator('h3').allInnerTexts();

/** Open a person's page with its offers: `{page, faults}`. */
async function visit(person, viewport) {
  const opened = await visits.open(recordAddress(person), viewport);
  await settledComponents(opened.page);
  return opened;
}

/** What Personalization has been told to count of a person: `[{stat, item, control, event}]`. */
async function counted(person, stat) {
  const events = await eventsOfService();
  const told = events.filter(({ user }) => user?.attributes?.emailAddress === person.email);
  return told
    .flatMap((event) => (event.campaignStats ?? []).map((one) => ({ ...one, event })))
    .filter((one) => one.stat === stat)
    .flatMap(({ catalog, control, event }) =>
      Object.values(catalog ?? { none: [null] })
        .flat()
        .map((item) => ({ stat, item, control, event }))
    );
}

const itemsOf = (stats) => stats.map(({ item }) => item).sort();

/** The org's answers about a person, oldest first. */
const rowsOf = (person) =>
  rowsOfOrg(
    `SELECT Item_Name__c, Item_Id__c, Item_Type__c, Answer__c, Reason__c, Status__c, Campaign_Name__c,
     Experience_Id__c, Control_Group__c, User__r.Name, Answered_At__c, Status_Detail__c
     FROM Offer_Response__c WHERE Contact__c = '${person.record_id}' ORDER BY Name`
  );

test('what is on screen is counted once in a look at the record', async () => {
  const person = people.choosy;
  const { page, faults } = await visit(person, { width: 1366, height: 2200 });
  const expected = await offersOn(page).count();
  const seen = await eventually(
    () => counted(person, 'Impression'),
    (stats) => stats.length >= expected,
    COUNTED_MS
  );
  await page.getByRole('button', { name: `Refresh ${PROMOTION}` }).click();
  await page.waitForTimeout(3000); // in which a second count would have come
  assert.deepEqual(itemsOf(await counted(person, 'Impression')), itemsOf(seen));
  assert.equal(new Set(itemsOf(seen)).size, expected);
  assert.ok(seen.every(({ control, event }) => !control && event.flags.nonInteractive));
  assert.deepEqual(await rowsOf(person), []);
  assert.deepEqual(faults, []);
});

test('another look is counted again, and what is not on screen is not', async () => {
  const person = people.choosy;
  const before = (await counted(person, 'Impression')).length;
  const { page } = await visit(person, { width: 1366, height: 640 });
  const onScreen = await offersOn(page).evaluateAll((tiles) => {
    const isShown = ({ top, height }) => top + height / 2 <= window.innerHeight;
    return tiles.filter((tile) => isShown(tile.getBoundingClientRect())).length;
  });
  assert.ok(onScreen > 0 && onScreen < (await offersOn(page).count()));
  await eventually(
    () => counted(person, 'Impression'),
    (stats) => stats.length > before,
    COUNTED_MS
  );
  await page.waitForTimeout(3000); // in which the others would have been counted
  assert.equal((await counted(person, 'Impression')).length - before, onScreen);
});

test('a rep who opens the details of an offer counts as a click, with the content zone', async () => {
  const person = people.choosy;
  const { page } = await visit(person);
  const offer = offersIn(page, PROMOTION).first();
  const opened = page.context().waitForEvent('page');
  await offer.getByRole('link').click();
  await (await opened).close();
  const [click] = await eventually(
    () => counted(person, 'Click'),
    (stats) => stats.length > 0,
    COUNTED_MS
  );
  assert.equal(click.event.itemAction, 'Click Through');
  assert.deepEqual(click.event.source.contentZones, ['crm_offers']);
  const [row] = await rowsOf(person);
  assert.deepEqual([row.Answer__c, row.Item_Id__c, row.Status__c], ['Details', click.item, 'Sent']);
  const [shown] = (await streamOf(person)).filter(({ source }) => source === 'rep');
  assert.equal(shown.name, 'Offer Details');
});

test('a declined offer leaves the card at once, stays away, and is a row with its reason', async () => {
  const person = people.choosy;
  const { page, faults } = await visit(person);
  const [name] = await namesIn(page, RECOMMENDATION);
  const offer = offersIn(page, RECOMMENDATION).first();
  await offer.getByRole('button', { name: 'Declined' }).click();
  await offer.getByRole('combobox', { name: 'Reason' }).selectOption('Too expensive');
  await offer.getByRole('button', { name: 'Save as Declined' }).click();
  await page.getByText(`Declined: ${name}`).waitFor();
  assert.ok(!(await namesIn(page, RECOMMENDATION)).includes(name));
  await cardOf(page, RECOMMENDATION).locator('c-offer-response button:focus').waitFor();
  await page.reload();
  await settledComponents(page);
  assert.ok(!(await namesIn(page, RECOMMENDATION)).includes(name));
  const [dismissal] = await eventually(
    () => counted(person, 'Dismissal'),
    (stats) => stats.length > 0,
    COUNTED_MS
  );
  const row = (await rowsOf(person)).at(-1);
  assert.deepEqual(
    [row.Answer__c, row.Reason__c, row.Item_Id__c, row.Item_Name__c, row.Status__c],
    ['Declined', 'Too expensive', dismissal.item, name, 'Sent']
  );
  assert.deepEqual(
    [row.User__r.Name, row.Control_Group__c, row.Campaign_Name__c],
    ['Robin Reeve', false, 'CRM Recommendations']
  );
  await eventually(
    () => streamOf(person),
    (events) => events.some((event) => event.name === 'Offer Declined' && event.source === 'rep'),
    COUNTED_MS
  );
  assert.deepEqual(faults, []);
});

test('an offer that was made is a row of the org, and nothing for Personalization', async () => {
  const person = people.choosy;
  const { page, faults } = await visit(person);
  const offer = offersIn(page, PROMOTION).first();
  let asked = 0;
  page.on('request', (request) => (asked += request.url().endsWith('/respond') ? 1 : 0));
  await offer.getByRole('button', { name: 'Offered' }).click();
  await offer.getByRole('button', { name: 'Offered', pressed: true }).click();
  const [row] = (await rowsOf(person)).filter(({ Answer__c: answer }) => answer === 'Offered');
  assert.deepEqual([row.Status__c, row.Status_Detail__c, asked], ['CRM Only', null, 1]);
  assert.deepEqual(faults, []);
});

test('an answer is given by keyboard alone', async () => {
  const { page } = await visit(people.choosy);
  const offer = offersIn(page, RECOMMENDATION).first();
  await offer.getByRole('button', { name: 'Accepted' }).focus();
  await page.keyboard.press('Enter');
  await offer.getByText(/^Did the customer accept/).waitFor();
  await page.keyboard.press('Escape');
  await offer.getByRole('button', { name: 'Accepted' }).waitFor();
  await page.keyboard.press('Enter');
  await offer.getByText(/^Did the customer accept/).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await offer.locator('.outcome', { hasText: 'Accepted' }).waitFor();
});

test('an answer that finds the service away is pending, and is sent later, once', async () => {
  const person = people.choosy;
  const { page, faults } = await visit(person);
  const [name] = await namesIn(page, PROMOTION);
  const offer = offersIn(page, PROMOTION).first();
  await offer.getByRole('button', { name: 'Declined' }).click();
  await offer.getByRole('combobox', { name: 'Reason' }).selectOption('');
  haltService();
  await offer.getByRole('button', { name: 'Save as Declined' }).click();
  await page.getByText('could not be reached and will be told later').waitFor();
  assert.ok(!(await namesIn(page, PROMOTION)).includes(name));
  const row = (await rowsOf(person)).at(-1);
  assert.deepEqual([row.Answer__c, row.Status__c, row.Reason__c], ['Declined', 'Pending', null]);
  assert.match(row.Status_Detail__c, /^SERVICE_UNREACHABLE/);
  const before = (await counted(person, 'Dismissal')).length;
  resumeService();
  await eventually(
    async () => (await rowsOf(person)).at(-1).Status__c,
    (status) => status === 'Sent',
    RECOVERED_MS
  );
  const dismissals = await eventually(
    () => counted(person, 'Dismissal'),
    (stats) => stats.length > before,
    COUNTED_MS
  );
  assert.equal(dismissals.filter(({ item }) => item === row.Item_Id__c).length, 1);
  await page.reload();
  await settledComponents(page);
  assert.ok(!(await namesIn(page, PROMOTION)).includes(name));
  assert.deepEqual(faults, []);
});

test('somebody of the control group is counted as such, and offered nothing', async () => {
  const person = people.controlOfPromotions;
  await visit(person);
  const withheld = await eventually(
    async () => (await counted(person, 'Impression')).filter(({ control }) => control),
    (stats) => stats.length > 0,
    COUNTED_MS
  );
  assert.deepEqual(
    withheld.map(({ item }) => item),
    [null]
  );
});

test('an accepted offer starts the Flow of the administrator, which makes a task', async () => {
  const person = people.choosy;
  const flow = 'Personalization_Offer_Next_Best_Promotion';
  const { page, faults } = await visits.open(recordAddress(person, `?acceptFlow=${flow}`));
  const offer = offersIn(page, RECOMMENDATION).last();
  const name = await offer.locator('h3').innerText();
  await offer.getByRole('button', { name: 'Accepted' }).click();
  await offer.getByRole('button', { name: 'Save as Accepted' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByText(`${name} was accepted.`).waitFor();
  await dialogue.getByRole('textbox').fill('Send it on Monday');
  await dialogue.getByRole('button', { name: 'Next' }).click();
  await dialogue.waitFor({ state: 'detached' });
  const tasks = await rowsOfOrg(
    `SELECT Subject, Description FROM Task WHERE WhoId = '${person.record_id}'`
  );
  const task = tasks.find(({ Subject: subject }) => subject === `Accepted: ${name}`);
  assert.match(task.Description, /^Send it on Monday \(Product /);
  await offer.locator('.outcome', { hasText: 'Accepted' }).waitFor();
  assert.deepEqual(faults, []);
});

test('a Flow that cannot start says so, and the answer is saved all the same', async () => {
  const { page } = await visits.open(recordAddress(people.choosy, '?acceptFlow=Nowhere'));
  const offer = offersIn(page, RECOMMENDATION).first();
  await offer.getByRole('button', { name: 'Accepted' }).click();
  await offer.getByRole('button', { name: 'Save as Accepted' }).click();
  await page.getByRole('dialog').getByText('The Flow Nowhere did not start.').waitFor();
  await page.keyboard.press('Escape');
  await offer.locator('.outcome', { hasText: 'Accepted' }).waitFor();
});

test('an accepted offer opens the address of the administrator in a new tab', async () => {
  const address = encodeURIComponent('https://shop.example/orders?item={itemId}');
  const { page } = await visits.open(recordAddress(people.choosy, `?acceptUrl=${address}`));
  await page
    .context()
    .route('https://shop.example/orders*', (route) => route.fulfill({ body: 'Your order' }));
  const offer = offersIn(page, RECOMMENDATION).nth(1);
  await offer.getByRole('button', { name: 'Accepted' }).click();
  const opened = page.context().waitForEvent('page');
  await offer.getByRole('button', { name: 'Save as Accepted' }).click();
  const tab = await opened;
  await tab.getByText('Your order').waitFor();
  const item = new URL(tab.url()).searchParams.get('item');
  await offer.locator('.outcome', { hasText: 'Accepted' }).waitFor();
  const row = (await rowsOf(people.choosy)).at(-1);
  assert.deepEqual([row.Answer__c, row.Item_Id__c], ['Accepted', item]);
});

test('the reports count the answers by item, by rep and over time', async () => {
  const answers = ['Offered', 'Accepted', 'Declined'];
  const rows = await rowsOfOrg('SELECT Item_Name__c, Answer__c FROM Offer_Response__c');
  const given = rows.filter((row) => answers.includes(row.Answer__c));
  const { page, faults } = await visits.open('/lightning/page/reports');
  const byItem = page.getByRole('table', { name: 'Offer Responses by Item' });
  await byItem.waitFor();
  const [item] = given;
  const ofItem = given.filter((row) => row.Item_Name__c === item.Item_Name__c);
  const counts = await byItem
    .getByRole('row', { name: item.Item_Name__c })
    .getByRole('cell')
    .allInnerTexts();
  assert.equal(Number(counts.at(-1)), ofItem.length);
  for (const name of ['by Item', 'by Rep', 'over Time']) {
    const table = page.getByRole('table', { name: `Offer Responses ${name}` });
    await table.waitFor();
    const totals = await table.getByRole('row').last().getByRole('cell').allInnerTexts();
    assert.equal(Number(totals.at(-1)), given.length, name);
  }
  await page
    .getByRole('table', { name: 'Offer Responses by Rep' })
    .getByText('Robin Reeve')
    .waitFor();
  assert.deepEqual(faults, []);
});

test('the answers about a person stand in the related list of the record', async () => {
  const person = people.choosy;
  const { page, faults } = await visit(person);
  await page.getByRole('tab', { name: 'Related' }).click();
  const list = page.getByRole('table', { name: 'Offer Responses' });
  await list.getByText('Too expensive').waitFor();
  const shown = await list.getByRole('row').count();
  assert.equal(shown - 1, Math.min((await rowsOf(person)).length, 10));
  await list.getByRole('link').first().click();
  await page.getByRole('heading', { name: /OR-\d{6}/ }).waitFor();
  assert.deepEqual(faults, []);
});
