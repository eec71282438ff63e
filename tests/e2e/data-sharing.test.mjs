import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { cast, setOrgFaults, SHOP, startVisits } from './stack.mjs';

const SETUP = '/lightning/n/Personalization_Setup';
const INTEGRATION_USER = 'data.sharing@shop.example';
const PRODUCT_ID = '85123A';
/** A worker takes a run up within seconds; it then asks the account, the org, and looks at its job. */
const RUN_MS = 60_000;

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => Promise.all([setOrgFaults({}), visits.leave()]));
after(() => visits.close());

/** The Setup page once no run is under way. */
async function openSetup() {
  const opened = await visits.open(SETUP);
  const share = opened.page.getByRole('button', { name: 'Share now' });
  await opened.page
    .locator('button:enabled', { hasText: 'Share now' })
    .waitFor({ timeout: RUN_MS });
  return { ...opened, share, runs: opened.page.locator('c-sharing-run') };
}

async function clickInShop(person) {
  const { page } = await visits.open('about:blank');
  const collected = page.waitForResponse((response) => response.url().includes('/collect/acme/'));
  await page.goto(`${SHOP}/products/${PRODUCT_ID}?as=${person.record_id}`);
  assert.equal((await collected).status(), 204);
  await page.close();
}

test('the check names what is missing, or says that nothing is', async () => {
  const { page, faults } = await openSetup();
  const check = page.getByRole('button', { name: 'Check permissions' });
  await check.click();
  await page.locator('c-data-sharing').getByText('Nothing stands in the way').waitFor();
  await setOrgFaults({ hidden: { [INTEGRATION_USER]: ['Contact.Personalization_Link__c'] } });
  await check.click();
  await page.getByText('This stands in the way:').waitFor();
  const found = await page.locator('c-data-sharing .findings li').allInnerTexts();
  assert.equal(found.length, 1);
  assert.match(found[0], /Contact\.Personalization_Link__c/);
  assert.deepEqual(faults, []);
});

test('a run on request writes what changed, and hands over what it could not write', async () => {
  await clickInShop(people.another);
  const refusal = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not this one.' };
  await setOrgFaults({ rowErrors: { [people.another.record_id]: refusal } });
  const { page, faults, share, runs } = await openSetup();
  await share.click();
  await page.getByText('Sharing has begun.').waitFor();
  const file = page.getByRole('button', { name: 'Download 1 rejected row' });
  const push = runs.filter({ hasText: 'To Salesforce' }).filter({ has: file });
  await push.getByText('Done').waitFor({ timeout: RUN_MS });
  const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
  assert.match(download.suggestedFilename(), /^rejected-\d+\.csv$/);
  const rows = await fs.readFile(await download.path(), 'utf8');
  assert.match(rows, new RegExp(`Contact,${people.another.record_id}.*${refusal.statusCode}`));
  assert.deepEqual(faults, []);
});
