import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import { cast, recordAddress, setFaults, startVisits } from './stack.mjs';

/** How long an answer may take to grow old, and the service to look upstream again. */
const PATIENCE_MS = 30_000;
const OUTAGE = { httpStatus: 500, route: '/api2/' };

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => Promise.all([setFaults({}), visits.leave()]));
after(() => visits.close());

/** The components that ask Personalization; affinities and events come from our own store. */
const offers = (components) => components.filter(({ title }) => title.startsWith('Next Best'));

/** Reload until every component satisfies `isReached`; it may take a while, never for luck. */
async function reloadUntil(page, isReached) {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    await settledComponents(page);
    if (await isReached()) return;
    assert.ok(Date.now() < giveUp, `not within ${PATIENCE_MS} ms`);
    await page.reload();
  }
}

test('with Personalization out of order, a saved answer is shown with its age', async () => {
  const { page, faults } = await visits.open(recordAddress(people.usual));
  await settledComponents(page);
  await setFaults(OUTAGE);
  const ages = page.getByText(/Saved answer, as of/);
  await reloadUntil(page, async () => (await ages.count()) === 2);
  const components = offers(await settledComponents(page));
  assert.equal(components.length, 2);
  assert.ok(components.every(({ state, items }) => state === 'content' && items > 0));
  assert.deepEqual(faults, []);
});

test('with nothing saved, who asks Personalization says so and the page lives; trying again helps', async () => {
  await setFaults(OUTAGE);
  const { page, faults, name } = await openSecondLead();
  const components = await settledComponents(page);
  assert.deepEqual(
    components.map(({ state }) => state === 'fault'),
    components.map((component) => offers([component]).length > 0)
  );
  await page.getByText('Personalization is not answering right now.').first().waitFor();
  await page.getByRole('heading', { name }).waitFor();
  await setFaults({});
  await retryUntilAnswered(page);
  assert.deepEqual(faults, []);
});

/** A person whom Personalization knows and no other test opens, so that nothing is saved. */
async function openSecondLead() {
  const { page, faults } = await visits.open('/lightning/o/Lead/list');
  const link = page.locator('tbody th a').nth(1);
  const name = await link.innerText();
  await link.click();
  return { page, faults, name };
}

/** Press "Try again" as often as the service needs to trust the account again. */
async function retryUntilAnswered(page) {
  const retry = page.getByRole('button', { name: 'Try again' });
  const giveUp = Date.now() + PATIENCE_MS;
  while (await retry.count()) {
    assert.ok(Date.now() < giveUp, `no answer within ${PATIENCE_MS} ms`);
    const answered = page.waitForResponse((response) => response.url().includes('/getNextBest'));
    await retry.first().click();
    await answered;
    await page.locator('[data-state][aria-busy="true"]').first().waitFor({ state: 'detached' });
  }
}
