import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { ITEMS, settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import { cast, eventApiCalls, PHONE, recordAddress, SHOP, startVisits } from './stack.mjs';

const PROMOTION = 'Next Best Promotion and Action';
const RECOMMENDATION = 'Next Best Recommendation';
const AFFINITIES = 'Affinities';
const EVENT_STREAM = 'Event Stream';
const ALL = [PROMOTION, RECOMMENDATION, AFFINITIES, EVENT_STREAM];
const PRODUCT = { id: '85123A', name: 'White Hanging Heart T-Light Holder' };

const COLLECT = '/collect/acme/retail';

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
  await lookAtProduct(people.usual);
});
afterEach(() => visits.leave());
after(() => visits.close());

/** Look at a product in the shop as somebody, so that there is something to know of them. */
async function lookAtProduct(person) {
  const { page } = await visits.open('about:blank');
  const collected = page.waitForResponse((response) => response.url().endsWith(COLLECT));
  await page.goto(`${SHOP}/products/${PRODUCT.id}?as=${person.record_id}`);
  assert.equal((await collected).status(), 204);
  await page.close();
}

/** Open a person's page and wait for its components: `{page, faults, components}`. */
async function visit(person, { query, viewport } = {}) {
  const opened = await visits.open(recordAddress(person, query), viewport);
  return { ...opened, components: await settledComponents(opened.page) };
}

/** The card of the right column with this title. */
const cardOf = (page, title) => page.locator('shell-placed-component', { hasText: title });

const statesOf = (components) => components.map(({ state }) => state);

test('a contact shows its header, its details, and all components with data', async () => {
  const { page, faults, components } = await visit(people.usual);
  await page.getByRole('heading', { name: people.usual.name }).waitFor();
  await page.getByRole('link', { name: people.usual.company }).first().waitFor();
  assert.deepEqual(
    components.map(({ title, state }) => [title, state]),
    ALL.map((title) => [title, 'content'])
  );
  const offered = components.filter(({ title }) => [PROMOTION, RECOMMENDATION].includes(title));
  assert.ok(offered.every(({ items }) => items > 0 && items <= 4));
  assert.deepEqual(faults, []);
});

test('what data sharing wrote stands on the record, in a section of its own', async () => {
  const { page, faults } = await visit(people.usual);
  const section = page.locator('shell-field-section', { hasText: 'Personalization Engagement' });
  await section.getByText('Spent 250 or more').waitFor();
  assert.match(await section.innerText(), /Personalization Engagement\s+\d+(\.\d+)?%/);
  const link = section.getByRole('link');
  assert.match(await link.getAttribute('href'), /^https:\/\/acme\.us-1\.evergage\.com\//);
  await page.getByRole('link', { name: people.usual.company }).first().click();
  const account = page.locator('shell-field-section', { hasText: 'Personalization Engagement' });
  await account.getByText('Spent 250 or more').waitFor();
  assert.deepEqual(faults, []);
});

test('a product shows its picture, its price and its rating', async () => {
  const { page, faults } = await visit(people.usual);
  const tile = cardOf(page, RECOMMENDATION).locator(ITEMS).first();
  const picture = tile.locator('img');
  await picture.scrollIntoViewIfNeeded();
  await page.waitForFunction((image) => image.naturalWidth > 0, await picture.elementHandle());
  assert.match(await picture.getAttribute('src'), /^https:\/\/shop\.example\/pictures\//);
  assert.match(await tile.innerText(), /£\d+\.\d\d/);
  await tile.getByRole('img', { name: /^Rated .* out of 5$/ }).waitFor();
  assert.deepEqual(faults, []);
});

test('an action without a picture says what to do', async () => {
  const { page } = await visit(people.usual);
  const action = cardOf(page, PROMOTION).locator(ITEMS, { hasText: 'Next best action' });
  await action.getByRole('heading', { name: 'Propose the trade price list' }).waitFor();
  assert.equal(await action.locator('img').count(), 0);
});

test('what the person looked at shows as an affinity and as an event', async () => {
  const { page, faults } = await visit(people.usual);
  const affinities = cardOf(page, AFFINITIES);
  await affinities.getByRole('combobox', { name: 'Show By' }).waitFor();
  const liked = affinities.locator('li', { hasText: PRODUCT.name });
  assert.match(await liked.first().innerText(), /\d+ views?\b[^]*%/);
  const event = cardOf(page, EVENT_STREAM).locator('li', { hasText: PRODUCT.name }).first();
  await event.getByText('In stock').waitFor();
  await event.getByRole('button').first().click();
  await event.getByText(`${PRODUCT.name} (${PRODUCT.id})`).waitFor();
  assert.deepEqual(faults, []);
});

test('details open the shop in a tab of their own', async () => {
  const { page } = await visit(people.usual);
  const link = cardOf(page, RECOMMENDATION).getByRole('link').first();
  assert.match(await link.getAttribute('href'), /^https:\/\/shop\.example\/products\//);
  assert.equal(await link.getAttribute('target'), '_blank');
  assert.match(await link.getAttribute('rel'), /noopener/);
});

test('a picture the shop does not have is missing, as it would be anywhere', async () => {
  const { page, faults } = await visit(people.usual);
  const outcome = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('drawn');
        image.onerror = () => resolve('missing');
        image.src = 'https://shop.example/pictures/missing.svg';
      })
  );
  assert.equal(outcome, 'missing');
  assert.ok(faults.some((fault) => fault === '404: https://shop.example/pictures/missing.svg'));
});

test('a known lead shows suggestions, too', async () => {
  const { faults, components } = await visit(people.knownLead);
  assert.deepEqual(
    components.map(({ title }) => title),
    ALL
  );
  assert.ok(statesOf(components).includes('content'));
  assert.deepEqual(faults, []);
});

test('an account shows its header and its details', async () => {
  const { page, faults } = await visits.open('/lightning/o/Account/list');
  await page.locator('tbody th a').first().click();
  await page.getByRole('tab', { name: 'Details' }).waitFor();
  assert.deepEqual(faults, []);
});

for (const [who, title, state, sentence] of [
  ['contactWithoutEmail', PROMOTION, 'empty', 'Email is blank on this record.'],
  ['contactWithoutEmail', RECOMMENDATION, 'empty', 'Email is blank on this record.'],
  ['contactWithoutEmail', AFFINITIES, 'empty', 'Email is blank on this record.'],
  ['contactWithoutEmail', EVENT_STREAM, 'empty', 'Email is blank on this record.'],
  ['unknownContact', PROMOTION, 'empty', 'Personalization does not know this person yet.'],
  ['unknownLead', RECOMMENDATION, 'empty', 'Personalization does not know this person yet.'],
  ['unknownContact', AFFINITIES, 'empty', 'Personalization does not know this person yet.'],
  ['unknownLead', EVENT_STREAM, 'empty', 'Personalization does not know this person yet.'],
  [
    'controlOfPromotions',
    PROMOTION,
    'controlGroup',
    'belongs to the control group of “CRM Promotions”'
  ],
  [
    'noRecommendationsCampaign',
    RECOMMENDATION,
    'empty',
    'No campaign answers with Datafield “recs”'
  ],
  ['emptyRecommendations', RECOMMENDATION, 'empty', 'nothing to suggest to this person right now']
]) {
  test(`${title} says why it is empty: ${who}`, async () => {
    const { page, faults, components } = await visit(people[who]);
    assert.equal(components.find((component) => component.title === title).state, state);
    await cardOf(page, title).getByText(sentence).waitFor();
    assert.deepEqual(faults, []);
  });
}

test('a record that does not exist gets a message, not an empty page', async () => {
  const { page } = await visits.open('/lightning/r/Contact/003000000000099AAA/view');
  await page.getByRole('heading', { name: 'This record does not exist' }).waitFor();
  await page.getByRole('link', { name: 'Go to Home' }).click();
  await page.getByRole('heading', { name: 'Home' }).waitFor();
});

test('a cold page costs one call of Personalization', async () => {
  const before = await eventApiCalls(people.another);
  await visit(people.another);
  assert.equal((await eventApiCalls(people.another)) - before, 1);
});

test('a rep refreshes a component by keyboard, and the focus stays', async () => {
  const { page, faults } = await visit(people.usual);
  const refresh = page.getByRole('button', { name: `Refresh ${RECOMMENDATION}` });
  await refresh.focus();
  const asked = page.waitForResponse((response) => response.url().includes('/getNextBest'));
  await page.keyboard.press('Enter');
  await asked;
  await cardOf(page, RECOMMENDATION).locator('[aria-busy="false"]').waitFor();
  assert.equal(await refresh.evaluate((button) => button.matches(':focus-within, :focus')), true);
  assert.deepEqual(faults, []);
});

test('on a phone nothing sticks out', async () => {
  const { page, faults } = await visit(people.usual, { viewport: PHONE });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `${width} pixels wide`);
  assert.deepEqual(faults, []);
});

test('at full width the tiles of a component stand beside each other', async () => {
  const narrow = await visit(people.usual);
  const wide = await visit(people.usual, { query: '?layout=wide' });
  assert.equal(await tilesInFirstRow(narrow.page), 1);
  assert.ok((await tilesInFirstRow(wide.page)) > 1);
  assert.deepEqual(wide.faults, []);
});

async function tilesInFirstRow(page) {
  const tiles = await cardOf(page, RECOMMENDATION).locator(ITEMS).all();
  const boxes = await Promise.all(tiles.map((tile) => tile.boundingBox()));
  return boxes.filter(({ y }) => y === boxes[0].y).length;
}
