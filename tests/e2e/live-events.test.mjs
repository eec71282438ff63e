import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import { cast, eventually, recordAddress, SHOP, startVisits } from './stack.mjs';

/** What a rep may wait for a click to show. */
const SOON_MS = 5000;
const ROWS = 'c-event-row';

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => visits.leave());
after(() => visits.close());

/** The rep's page of a person beside the shop that this person has just entered. */
async function bothSides(person) {
  const rep = await visits.open(recordAddress(person));
  await settledComponents(rep.page);
  const before = (await rowsOn(rep.page)).length; // others may have entered as this person
  const shop = await visits.open('about:blank');
  await shop.page.goto(`${SHOP}/?as=${person.record_id}`);
  const hasEntered = (rows) => rows.length > before && firstRowIs('View Home')(rows);
  await eventually(() => rowsOn(rep.page), hasEntered, SOON_MS);
  return { rep, shop };
}

const streamOn = (page) => page.locator('shell-placed-component', { hasText: 'Event Stream' });

/** The events that the page shows, newest first, each by what stands in its row. */
const rowsOn = (page) => streamOn(page).locator(ROWS).allInnerTexts();

/** Look at products in the shop, and return their names as the stream shows them. */
async function lookAt(shop, ids) {
  const names = [];
  for (const id of ids) {
    await shop.goto(`${SHOP}/products/${id}`);
    names.push(await shop.getByRole('heading', { level: 1 }).innerText());
  }
  return names;
}

const firstRowIs = (name) => (rows) => rows[0]?.includes(name) ?? false;

test('a click in the shop shows within 5 s, on top, and draws nothing else anew', async () => {
  const { rep, shop } = await bothSides(people.usual);
  await rep.page.evaluate(() => (window.isStillTheSamePage = true));
  const drawn = streamOn(rep.page).locator(ROWS);
  await drawn.evaluateAll((rows) => rows.forEach((row) => (row.wasThere = true)));
  const [name] = await lookAt(shop.page, ['22423']);
  const rows = await eventually(() => rowsOn(rep.page), firstRowIs(name), SOON_MS);
  assert.equal(rows.filter((row) => row.includes(name)).length, 1);
  assert.equal(await rep.page.evaluate(() => window.isStillTheSamePage), true);
  const areOld = await drawn.evaluateAll((all) => all.map((row) => row.wasThere === true));
  assert.deepEqual(areOld, [false, ...rows.slice(1).map(() => true)]);
  assert.deepEqual([...rep.faults, ...shop.faults], []);
});

test('who reads further down keeps the place to the pixel, and is told what waits above', async () => {
  const { rep, shop } = await bothSides(people.usual);
  await streamOn(rep.page)
    .locator('.box')
    .evaluate((box) => (box.scrollTop = 200));
  const read = await streamOn(rep.page).locator(ROWS).nth(4).elementHandle();
  const before = await read.boundingBox();
  const [name] = await lookAt(shop.page, ['85123A']);
  const waiting = streamOn(rep.page).getByRole('button', { name: '1 new event' });
  await waiting.waitFor({ timeout: SOON_MS });
  assert.deepEqual(await read.boundingBox(), before);
  await waiting.click();
  const rows = await rowsOn(rep.page);
  assert.ok(rows[0].includes(name));
  await streamOn(rep.page).locator(ROWS).first().waitFor({ state: 'visible' });
  await waiting.waitFor({ state: 'detached' });
  assert.deepEqual([...rep.faults, ...shop.faults], []);
});

test('while the tab is hidden nothing is asked; shown again, nothing is missing or double', async () => {
  const { rep, shop } = await bothSides(people.another);
  const before = await rowsOn(rep.page);
  await showTab(rep.page, false);
  let asked = 0;
  rep.page.on('request', (request) => (asked += request.url().includes('EventStream') ? 1 : 0));
  const names = await lookAt(shop.page, ['85123A', '71053', '84406B', '84029G', '22752', '21730']);
  await rep.page.waitForTimeout(SOON_MS + 1000); // a poll would have come in this time
  assert.equal(asked, 0);
  await showTab(rep.page, true);
  const rows = await eventually(() => rowsOn(rep.page), firstRowIs(names.at(-1)), SOON_MS);
  const added = rows.slice(0, rows.length - before.length);
  assert.equal(added.length, names.length);
  added.reverse().forEach((row, place) => assert.ok(row.includes(names[place]), row));
  assert.deepEqual([...rep.faults, ...shop.faults], []);
});

/** Headless Chromium shows every tab; a page that is told otherwise cannot know. */
function showTab(page, isShown) {
  return page.evaluate((shown) => {
    Object.defineProperty(document, 'hidden', { value: !shown, configurable: true });
    const visibilityState = shown ? 'visible' : 'hidden';
    Object.defineProperty(document, 'visibilityState', {
      value: visibilityState,
      configurable: true
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isShown);
}
