import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startVisits } from './stack.mjs';

let visits;

before(async () => (visits = await startVisits()));
after(() => visits.close());

const CARDS = ['Contacts', 'Leads', 'Accounts'];

/** The card of the home page whose heading begins with `label`. */
const cardOf = (page, label) => page.locator('shell-record-card', { hasText: `${label} (` });

/** The names a card shows, once its heading tells `count`. */
async function namesIn(page, label, count) {
  const card = cardOf(page, label);
  await card.getByRole('heading', { name: `${label} (${count})`, exact: true }).waitFor();
  return card.locator('li a').allInnerTexts();
}

test('home shows the contacts, leads and accounts of the org', async () => {
  const { page, faults } = await visits.open('/');
  assert.equal((await namesIn(page, 'Contacts', '50+'))[0], 'Ada Ashdown');
  for (const label of CARDS) {
    await cardOf(page, label).locator('li a').first().waitFor();
    assert.ok((await cardOf(page, label).locator('li').count()) > 0, label);
  }
  assert.deepEqual(faults, []);
});

test('the search finds people by e-mail address, and is part of the address', async () => {
  const { page, faults } = await visits.open('/');
  await page.getByRole('searchbox', { name: 'Search people and accounts' }).fill('ada.ash');
  await page.keyboard.press('Enter');
  assert.deepEqual(await namesIn(page, 'Contacts', 1), ['Ada Ashdown']);
  assert.match(page.url(), /\/lightning\/page\/home\?search=ada\.ash$/);
  await page.reload();
  assert.deepEqual(await namesIn(page, 'Contacts', 1), ['Ada Ashdown']);
  await cardOf(page, 'Leads').getByText('Nobody and nothing here matches.').waitFor();
  assert.deepEqual(faults, []);
});

test('a text that nobody has finds nobody, whatever it would mean in a query', async () => {
  const { page, faults } = await visits.open(
    `/lightning/page/home?search=${encodeURIComponent("%' OR")}`
  );
  for (const label of CARDS) assert.deepEqual(await namesIn(page, label, 0), []);
  assert.deepEqual(faults, []);
});

test('a list view has a search of its own', async () => {
  const { page, faults } = await visits.open('/lightning/o/Account/list');
  await page.getByText('12 items • Sorted by Name').waitFor();
  await page.getByRole('searchbox', { name: 'Search this list' }).fill('lantern');
  await page.getByText('1 item • Sorted by Name').waitFor();
  assert.deepEqual(await page.locator('tbody th').allInnerTexts(), ['The Paper Lantern']);
  assert.deepEqual(faults, []);
});

test('from home to a record and back by keyboard alone', async () => {
  const { page, faults } = await visits.open('/');
  await cardOf(page, 'Contacts').locator('li a').first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ada.ash');
  await page.keyboard.press('Enter');
  await namesIn(page, 'Contacts', 1);
  await tabTo(page, 'Ada Ashdown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ada Ashdown' }).waitFor();
  await page.goBack();
  assert.deepEqual(await namesIn(page, 'Contacts', 1), ['Ada Ashdown']);
  assert.deepEqual(faults, []);
});

/** Press Tab until the element with this text has the focus. */
async function tabTo(page, text) {
  for (let presses = 0; presses < 30; presses++) {
    if ((await page.locator(':focus').innerText()) === text) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`30 presses of Tab do not reach ${text}`);
}

test('the tab of the object is marked on its list and on its records', async () => {
  const { page } = await visits.open('/lightning/o/Lead/list');
  const current = page.getByRole('navigation', { name: 'Tabs' }).locator('[aria-current="page"]');
  assert.equal(await current.innerText(), 'Leads');
  await page.locator('tbody th a').first().click();
  await page.getByRole('tab', { name: 'Details' }).waitFor();
  assert.equal(await current.innerText(), 'Leads');
});

test('an address that leads nowhere says so', async () => {
  const { page, faults } = await visits.open('/lightning/o/Contact/nowhere');
  await page.getByRole('heading', { name: "Page doesn't exist" }).waitFor();
  assert.deepEqual(faults, []);
});

test('the components page offers what Apex finds in the org and in the service', async () => {
  const { page, faults } = await visits.open('/lightning/setup/components');
  const card = page.locator('article', { hasText: 'Next Best Promotion and Action' });
  await card.waitFor();
  const choices = (label) => card.getByRole('combobox', { name: label }).first().locator('option');
  assert.deepEqual(await choices('Dataset').allTextContents(), ['Retail', 'Bank']);
  assert.ok((await choices('Identity Type').allTextContents()).includes('Email Address'));
  assert.ok((await choices('User Identifier').allTextContents()).includes('Email (Email)'));
  assert.deepEqual(faults, []);
});
