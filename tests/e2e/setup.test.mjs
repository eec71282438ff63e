import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { PHONE, setFaults, startVisits } from './stack.mjs';

const SETUP = '/lightning/n/Personalization_Setup';
/** The service waits so long for whoever does not answer. */
const LOOK_MS = 20_000;

let visits;

before(async () => {
  visits = await startVisits();
});
afterEach(() => Promise.all([setFaults({}), visits.leave()]));
after(() => visits.close());

/** The Setup page once everything was looked at. */
async function openSetup(viewport) {
  const opened = await visits.open(SETUP, viewport);
  await opened.page.locator('c-doctor .counts').waitFor({ timeout: LOOK_MS });
  return opened;
}

test('a token that is refused is on top of Health with what to do next, until it is mended', async () => {
  const { page, faults } = await openSetup();
  const tokens = page.locator('c-doctor [data-verdict="red"]', { hasText: 'TOKEN_' });
  assert.equal(await tokens.count(), 0);
  await setFaults({ httpStatus: 403 });
  const refresh = page.getByRole('button', { name: 'Refresh Health' });
  await refresh.click();
  await tokens.first().waitFor({ timeout: LOOK_MS });
  assert.match(await tokens.first().innerText(), /retail: .*refused our API token[^]*Next: Check/);
  const groups = await page.locator('c-doctor h3').allInnerTexts();
  assert.ok(['Personalization', 'Journeys'].includes(groups[0]), groups.join());
  await setFaults({});
  await refresh.click();
  await tokens.first().waitFor({ state: 'detached', timeout: LOOK_MS });
  assert.deepEqual(faults, []);
});

test('exports are counted, and settings shown without a secret', async () => {
  const { page, faults } = await openSetup();
  const exported = page.locator('c-segment-exports .export');
  await exported.first().waitFor();
  assert.match(await exported.first().innerText(), /Who joins Shops for school enters/);
  assert.equal(await exported.first().locator('.figure').count(), 5);
  const settings = page.locator('c-settings');
  await settings.getByText('datasets.retail', { exact: true }).waitFor();
  const text = await settings.innerText();
  assert.match(text, /api_key_secret\s+set, from the environment/);
  assert.doesNotMatch(text, /demo-secret|demo-key|env:/);
  assert.deepEqual(faults, []);
});

test('on a phone nothing is wider than the screen', async () => {
  const { page } = await openSetup(PHONE);
  await page.locator('c-settings .table').first().waitFor();
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(widest <= PHONE.width, `${widest} px`);
});
