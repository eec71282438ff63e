import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { cast, eventsOfSite, eventually, PHONE, SHOP, startVisits, streamOf } from './stack.mjs';

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => visits.leave());
after(() => visits.close());

/** Open the shop as somebody, or as nobody: `{page, faults, copies}`, the last what the tee sends. */
async function enter(address, person, viewport) {
  const { page, faults } = await visits.open('about:blank', viewport);
  const copies = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/collect/acme/retail')) {
      copies.push(...request.postDataJSON().events);
    }
  });
  await page.goto(`${SHOP}${address}?as=${person?.record_id ?? ''}`);
  return { page, faults, copies };
}

const arrived = (copies, count) =>
  eventually(
    () => copies,
    () => copies.length >= count
  );

test('a walk from the shelf to the thanks is told to Personalization and shown to the rep', async () => {
  const started = Date.now();
  const { page, faults } = await enter('/', people.usual);
  await page.getByRole('link', { name: 'Candles and Lights' }).click();
  await page.getByRole('link', { name: 'White Hanging Heart T-Light Holder' }).click();
  await page.getByRole('button', { name: 'Add to basket' }).first().click();
  await page.getByText('is in your basket').waitFor();
  await page.getByRole('link', { name: 'Basket 1' }).click();
  await page.getByRole('button', { name: 'Buy now' }).click();
  await page.getByRole('heading', { name: `Thank you, ${people.usual.first_name}` }).waitFor();

  const walk = [
    ['View Home', undefined],
    ['View Catalog Object', 'Candles and Lights'],
    ['View Catalog Object', '85123A'],
    ['Add To Cart', '85123A'],
    ['Replace Cart', '85123A'],
    ['Purchase', '85123A'],
    ['View Order Confirmation', undefined]
  ];
  const ofThisWalk = ({ source, occurredAt }) =>
    source === 'site' && Date.parse(occurredAt) >= started;
  const shown = await eventually(
    async () => (await streamOf(people.usual)).filter(ofThisWalk),
    ({ length }) => length >= walk.length
  );
  assert.deepEqual(shown.map(({ name, item }) => [name, item?.id]).reverse(), walk);
  const told = await eventually(
    async () => (await eventsOfSite()).slice(-walk.length),
    (events) => events.at(-1)?.interaction.name === 'View Order Confirmation'
  );
  assert.deepEqual(
    told.map(({ interaction }) => interaction.name),
    walk.map(([name]) => name)
  );
  assert.deepEqual(faults, []);
});

test('a quick view begins and ends', async () => {
  const { page, faults, copies } = await enter('/categories/kitchen', people.usual);
  await page.getByRole('button', { name: 'Quick view' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await arrived(copies, 3);
  const [, begun, ended] = copies.map(({ interaction }) => interaction);
  assert.deepEqual(
    [begun.name, ended.name],
    ['Quick View Catalog Object', 'Stop Quick View Catalog Object']
  );
  assert.equal(begun.catalogObject.id, ended.catalogObject.id);
  assert.deepEqual(faults, []);
});

test('who signs in stays the same browser; who comes after them is another', async () => {
  const { page, copies } = await enter('/', null);
  const choose = (person) =>
    page.getByRole('combobox', { name: 'Shopping as' }).selectOption({ label: person.name });
  await arrived(copies, 1);
  await choose(people.usual);
  await arrived(copies, 2);
  await choose(people.another);
  await arrived(copies, 3);
  const [stranger, usual, another] = copies.map(({ user }) => user);
  assert.equal(stranger.identities, undefined);
  assert.equal(usual.identities.emailAddress, people.usual.email);
  assert.equal(usual.anonymousId, stranger.anonymousId);
  assert.equal(another.identities.emailAddress, people.another.email);
  assert.notEqual(another.anonymousId, usual.anonymousId);
});

test('who does not want to be personalized is left alone by both sides', async () => {
  const { page, copies } = await enter('/', people.usual);
  const consent = page.getByRole('checkbox', { name: 'Personalize what I see' });
  await arrived(copies, 1);
  const toldBefore = (await eventsOfSite()).length;
  await consent.uncheck();
  await page.getByRole('link', { name: 'Toys' }).click();
  await page.getByRole('heading', { name: 'Toys' }).waitFor();
  await consent.check();
  await page.getByRole('link', { name: 'Bags' }).click();
  await page.getByRole('heading', { name: 'Bags' }).waitFor();
  await arrived(copies, 2);
  const pageOf = ({ interaction }) => interaction.catalogObject?.id ?? interaction.name;
  assert.deepEqual(copies.map(pageOf), ['View Home', 'Bags']);
  const told = await eventually(
    async () => (await eventsOfSite()).slice(toldBefore),
    ({ length }) => length > 0
  );
  assert.deepEqual(told.map(pageOf), ['Bags']);
});

test('the pictures are those that reps see', async () => {
  const { page, faults } = await enter('/products/85123A', null);
  const picture = page.getByRole('img', { name: 'White Hanging Heart T-Light Holder' });
  await page.waitForFunction((image) => image.naturalWidth > 0, await picture.elementHandle());
  assert.deepEqual(faults, []);
});

test('on a phone nothing sticks out', async () => {
  const { page } = await enter('/categories/kitchen', null, PHONE);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `${width} pixels wide`);
});

test('the page leads to the shop as the person whose record is open', async () => {
  const { page } = await visits.open(`/lightning/r/Contact/${people.usual.record_id}/view`);
  const [shop] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open the shop as this person' }).click()
  ]);
  const chosen = shop.getByRole('combobox', { name: 'Shopping as' }).locator('option:checked');
  assert.equal(await chosen.innerText(), people.usual.name);
});
