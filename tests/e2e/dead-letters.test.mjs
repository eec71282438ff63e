import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import {
  cast,
  eventsOfService,
  eventually,
  recordAddress,
  setFaults,
  startVisits
} from './stack.mjs';

const SETUP = '/lightning/n/Personalization_Setup';
const PATIENCE_MS = 20_000;

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => Promise.all([setFaults({}), visits.leave()]));
after(() => visits.close());

/** Let Personalization refuse the next answer that a rep gives about somebody. */
async function refusedAnswer(person) {
  await setFaults({});
  const { page } = await visits.open(recordAddress(person));
  await settledComponents(page);
  await setFaults({ httpStatus: 400, route: '/api2/' });
  const offer = page.locator('c-offer-list li').first();
  await offer.getByRole('button', { name: 'Accepted' }).click();
  await offer.getByRole('button', { name: 'Save as Accepted' }).click();
  await offer.locator('.outcome').waitFor();
}

/** The Setup page once it shows a letter. */
async function setupWithLetter() {
  const opened = await visits.open(SETUP);
  const rows = opened.page.locator('c-dead-letters tbody tr', { hasText: 'Rep’s answer' });
  await eventually(
    async () => {
      await opened.page.getByRole('button', { name: 'Refresh Dead Letters' }).click();
      await opened.page.locator('c-dead-letters [aria-busy="false"]').waitFor();
      return rows.count();
    },
    (count) => count > 0,
    PATIENCE_MS
  );
  return { ...opened, rows };
}

const clicks = async () =>
  (await eventsOfService()).filter(({ action }) => action === 'CRM Offer Click').length;

test('with everything delivered, the Setup page says so', async () => {
  const { page, faults } = await visits.open(SETUP);
  await page.getByRole('heading', { name: 'Personalization Setup' }).waitFor();
  await page.getByText('Everything was delivered.').waitFor();
  assert.deepEqual(faults, []);
});

/** Send everything again until nothing is left: what was on screen may have become a letter, too. */
async function replayAll(page) {
  await eventually(
    async () => {
      await page.getByRole('button', { name: 'Refresh Dead Letters' }).click();
      await page.locator('c-dead-letters [aria-busy="false"]').waitFor();
      if (await page.getByText('Everything was delivered.').isVisible()) return true;
      await page.getByRole('button', { name: 'Replay All' }).click();
      await page.getByRole('button', { name: 'OK' }).click();
      await page.locator('c-dead-letters [aria-busy="false"]').waitFor();
      return false;
    },
    (isDelivered) => isDelivered,
    PATIENCE_MS
  );
}

test('what Personalization refused is listed with its reason, and replayed', async () => {
  await refusedAnswer(people.another);
  const { page, faults, rows } = await setupWithLetter();
  assert.match(await rows.last().innerText(), /retail[^]*UPSTREAM_[A-Z_]+/);
  await setFaults({});
  const before = await clicks();
  await rows
    .last()
    .getByRole('button', { name: /^Replay message/ })
    .click();
  await page.getByText('1 sent again.').waitFor();
  await replayAll(page);
  await eventually(clicks, (count) => count === before + 1, PATIENCE_MS);
  assert.deepEqual(faults, []);
});

test('a letter is dropped only when the admin is sure', async () => {
  await refusedAnswer(people.usual);
  const { page, faults, rows } = await setupWithLetter();
  await setFaults({});
  const drop = rows.first().getByRole('button', { name: /^Drop message/ });
  const name = await drop.getAttribute('aria-label');
  await drop.click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('button', { name: 'OK' }).click();
  await page.getByText(/^Message \d+ is dropped\.$/).waitFor();
  await page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
  await replayAll(page);
  assert.deepEqual(faults, []);
});
