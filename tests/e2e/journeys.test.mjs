/**
 * The simulated Journey Builder hosts our activities' page on another site than theirs: configure,
 * publish, run, and see on the rep's page and in the shop what became of it.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { PHONE, SHOP, cast, eventually, recordAddress, startVisits, streamOf } from './stack.mjs';

const JOURNEYS = process.env.P13N_DEMO_JOURNEYS_URL;
const PERSONALIZATION = process.env.P13N_DEMO_PERSONALIZATION_URL;
const SERVICE = process.env.P13N_DEMO_SERVICE_URL;
const ACTIVITY = `${SERVICE}/journey/acme/activity/`;
const SHOPS = 'back-to-school-shop';
const BANKS = 'back-to-school-bank';

let visits;
let people;

before(async () => {
  visits = await startVisits();
  people = await cast();
});
afterEach(async () => {
  await visits.leave();
  await fetch(`${JOURNEYS}/_simulator/reset`, { method: 'POST' });
});
after(async () => {
  await visits.close();
  // Other files look at these people, too.
  await fetch(`${PERSONALIZATION}/_simulator/reset`, { method: 'POST' });
});

/** The canvas of a journey, with its drawer and the page in it. */
async function openJourney(key, viewport) {
  const { page, faults } = await visits.open(`${JOURNEYS}/canvas/#${key}`, viewport);
  const frame = page.frameLocator('iframe');
  const next = page.locator('[data-next]');
  const open = async (label) => {
    await page.getByRole('button', { name: label }).click();
    await frame.getByRole('heading', { name: 'Dataset' }).waitFor();
  };
  /** Leave a step that is complete; the name of the one that follows. */
  const goOn = async (heading) => {
    await next.click();
    if (heading) await frame.getByRole('heading', { name: heading, exact: true }).waitFor();
  };
  const map = async (what, number, type, source) => {
    if (number > 1) await frame.getByRole('button', { name: `Add ${what.toLowerCase()}` }).click();
    await frame.getByLabel(`${what} ${number} in Personalization`).selectOption(type);
    await frame.getByLabel(`${what} ${number} comes from`).selectOption({ label: source });
  };
  return { page, frame, faults, next, open, goOn, map };
}

/** Configure the shop's activity by the page; leaves the drawer at its summary. */
async function configureActivity({ frame, open, goOn, map }) {
  await open('Personalization Activity');
  await frame.getByLabel('Dataset').selectOption('retail');
  await goOn('Action');
  await frame.getByLabel('Action name').fill('Back to School: uniform bought');
  await goOn('Identifiers');
  await map('Identifier', 1, 'emailAddress', 'Email Address');
  await map('Identifier', 2, 'customerId', 'CustomerId');
  await map('Identifier', 3, 'loyaltyNumber', 'LoyaltyNumber');
  await goOn('Attributes');
  await frame.getByRole('button', { name: 'Add attribute' }).click();
  await frame.getByLabel('Attribute 1 in Personalization').selectOption('schoolColour');
  await frame.getByLabel('Attribute 1 comes from').selectOption({ label: 'SchoolColour' });
  await goOn('Summary');
}

async function configureSplit({ frame, open, goOn, map }, dataset, source) {
  await open('Personalization Split');
  await frame.getByLabel('Dataset').selectOption(dataset);
  await goOn('Question');
  await frame.getByLabel('Segment', { exact: true }).fill('Spent 250 or more');
  await goOn('Identifiers');
  await map('Identifier', 1, 'emailAddress', source);
  await goOn('Summary');
}

/** Save both activities of the shop's journey without the page; `more` are other in-arguments. */
async function haveConfigured(more = {}) {
  await fetch(`${JOURNEYS}/journeys`); // the canvas opens
  const entry = '{{Event.DEAudience-uniform-bought."Email Address"}}';
  const identities = [{ type: 'emailAddress', value: entry }];
  const given = { dataset: 'retail', identities };
  const step = { ...given, action: 'Back to School: uniform bought', attributes: {}, ...more };
  await put('REST-1', step);
  await put('RESTDECISION-1', { ...given, segment: 'Sg2Sp', doubt: 'unknown' });
}

async function put(key, given) {
  const payload = await kept(SHOPS, key);
  payload.metaData.isConfigured = true;
  payload.arguments.execute.inArguments = [given];
  payload.arguments.testExecute.inArguments = [given];
  for (const call of ['validate', 'publish'])
    payload.configurationArguments[call].body = JSON.stringify({ inArguments: [given] });
  await fetch(`${JOURNEYS}/journeys/${SHOPS}/activities/${key}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(payload)
  });
}

/** The activity as the simulated Journey Builder keeps it. */
async function kept(journey, key) {
  const answer = await fetch(`${JOURNEYS}/journeys/${journey}/activities/${key}`);
  return (await answer.json()).payload;
}

/** Who waits at the entry of a journey. */
async function entriesOf(journey) {
  return (await fetch(`${JOURNEYS}/journeys/${journey}/entries`)).json();
}

async function contactsOf(journey) {
  const answer = await fetch(`${JOURNEYS}/journeys/${journey}`);
  return (await answer.json()).contacts;
}

const areThrough = (contacts) => contacts.length > 0 && contacts.every(({ at }) => at === 'END');

/** How many profiles the shop's dataset has. */
async function profiles() {
  const answer = await fetch(`${PERSONALIZATION}/_simulator/profiles`);
  return (await answer.json()).retail;
}

/** Let the till tell of a purchase under the loyalty card of a buyer; how many profiles there are. */
async function profilesAfterTheTill() {
  const [, buyer] = await entriesOf(SHOPS);
  await fetch(`${PERSONALIZATION}/api2/authevent/retail`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Basic ${btoa('demo-key:demo-secret')}`
    },
    body: JSON.stringify({
      action: 'Purchase',
      source: { channel: 'Server' },
      user: { attributes: { loyaltyNumber: buyer.LoyaltyNumber } }
    })
  });
  return profiles();
}

/** The titles on the promotions card of a record page, as soon as `wanted` is one of them. */
async function seePromotion(address, wanted) {
  return eventually(
    async () => {
      const { page } = await visits.open(address);
      const card = page.locator('c-next-best-promotion');
      await card.getByRole('listitem').first().waitFor();
      const text = await card.innerText();
      await page.close();
      return text;
    },
    (text) => text.includes(wanted)
  );
}

test('a shop: configured, published, run; the rep and the shop offer the backpack', async () => {
  const profilesBefore = await profilesAfterTheTill();
  const journey = await openJourney(SHOPS);
  await configureActivity(journey);
  await journey.frame.getByText('The service has nothing against it').waitFor();
  await journey.goOn();
  await journey.frame.owner().waitFor({ state: 'hidden' });
  await configureSplit(journey, 'retail', 'Email Address');
  await journey.goOn();
  await journey.page.getByRole('button', { name: 'Publish' }).click();
  await journey.page.getByText('Running', { exact: true }).waitFor();
  await journey.page.getByRole('button', { name: 'Run', exact: true }).click();
  const contacts = await eventually(() => contactsOf(SHOPS), areThrough, 30_000);
  assert.deepEqual(
    contacts.map(({ trail }) => trail[0].answer.status),
    contacts.map(() => 'OK')
  );
  assert.ok(contacts.some(({ trail }) => trail[1].answer.branchResult === 'in'));
  const row = journey.page.locator('tr', { hasText: people.usual.name });
  await row.getByText('Exit').waitFor();
  assert.deepEqual(journey.faults, []);

  const shown = await eventually(
    () => streamOf(people.usual),
    (events) => events.some(({ source }) => source === 'journey')
  );
  const step = shown.find(({ source }) => source === 'journey');
  assert.equal(step.name, 'Back to School: uniform bought');
  assert.equal(`${step.channel} · ${step.application}`, 'Journey Builder · Back to School');

  // E-mail address, customer id and loyalty card of one buyer were two people until now.
  await eventually(profiles, (count) => count === profilesBefore - 1);

  await seePromotion(recordAddress(people.usual), 'A navy backpack for the new term');
  const shop = await visits.open(`${SHOP}/?as=${people.usual.record_id}`);
  const banner = shop.page.getByRole('complementary', { name: 'For you' });
  await banner.getByText('A navy backpack for the new term').waitFor();
});

test('a bank: a dataset of its own, so the shop hears nothing of it', async () => {
  const journey = await openJourney(BANKS);
  const { frame, open, goOn, map, page } = journey;
  await open('Personalization Activity');
  await frame.getByLabel('Dataset').selectOption('bank');
  await goOn('Action');
  await frame.getByLabel('Action name').fill('Back to School: student account opened');
  await goOn('Identifiers');
  await map('Identifier', 1, 'customerId', 'BankCustomerId');
  await goOn('Attributes');
  await frame.getByText('No attributes are configured for this dataset.').waitFor();
  await goOn('Summary');
  await goOn();
  await frame.owner().waitFor({ state: 'hidden' });
  await configureSplit(journey, 'bank', 'EmailAddress');
  await goOn();
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Running', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await eventually(() => contactsOf(BANKS), areThrough, 30_000);
  await seePromotion(recordAddress(people.usual, '?dataset=bank'), 'The student credit card');
  const ofShop = await streamOf(people.usual);
  assert.ok(!ofShop.some(({ name }) => name.includes('student account')));
});

test('done twice saves once; what was saved is there again, and what the page does not know stays', async () => {
  const journey = await openJourney(SHOPS);
  const saves = [];
  journey.page.on('request', (request) => {
    if (request.method() === 'PUT') saves.push(request.url());
  });
  await configureActivity(journey);
  const before = await kept(SHOPS, 'REST-1');
  await journey.next.dblclick();
  await journey.frame.owner().waitFor({ state: 'hidden' });
  assert.equal(saves.length, 1);
  const saved = await kept(SHOPS, 'REST-1');
  assert.equal(saved.metaData.isConfigured, true);
  assert.equal(saved.metaData.category, before.metaData.category);
  assert.equal(saved.arguments.execute.url, before.arguments.execute.url);
  assert.deepEqual(saved.arguments.testExecute.inArguments, saved.arguments.execute.inArguments);
  const [given] = saved.arguments.execute.inArguments;
  assert.deepEqual(given.identities, [
    { type: 'emailAddress', value: '{{Event.DEAudience-uniform-bought."Email Address"}}' },
    { type: 'customerId', value: '{{Event.DEAudience-uniform-bought."CustomerId"}}' },
    { type: 'loyaltyNumber', value: '{{Event.DEAudience-uniform-bought."LoyaltyNumber"}}' }
  ]);
  assert.deepEqual(JSON.parse(saved.configurationArguments.publish.body).inArguments, [given]);

  const { frame, goOn, open } = journey;
  await open('Personalization Activity');
  assert.equal(await frame.getByLabel('Dataset').inputValue(), 'retail');
  await goOn('Action');
  assert.equal(await frame.getByLabel('Action name').inputValue(), given.action);
  await goOn('Identifiers');
  const third = frame.getByLabel('Identifier 3 comes from');
  assert.equal(await third.inputValue(), given.identities[2].value);
  await frame.getByRole('button', { name: 'Remove identifier 2' }).click();
  await goOn('Attributes');
  await goOn('Summary');
  await goOn();
  await frame.owner().waitFor({ state: 'hidden' });
  const again = (await kept(SHOPS, 'REST-1')).arguments.execute.inArguments[0];
  assert.deepEqual(
    again.identities.map(({ type }) => type),
    ['emailAddress', 'loyaltyNumber']
  );
});

test('a split keeps what hangs on the branches it still has', async () => {
  const { frame, open, goOn, map } = await openJourney(SHOPS);
  await open('Personalization Split');
  const [yes, no] = (await kept(SHOPS, 'RESTDECISION-1')).outcomes;
  await frame.getByLabel('Dataset').selectOption('retail');
  await goOn('Question');
  await frame.getByRole('radio', { name: 'Has the contact an affinity?' }).check();
  await frame.getByLabel('Kind of thing').selectOption('Category');
  await frame.getByLabel('Name or id').fill('Bags');
  await frame.getByLabel('At least this share, in per cent').fill('35');
  await frame.getByRole('radio', { name: 'go the way of “No”' }).check();
  await goOn('Identifiers');
  await map('Identifier', 1, 'emailAddress', 'Email Address');
  await goOn('Summary');
  await frame.getByText('At least 35 % of Category for Bags?').waitFor();
  await frame.getByText('The service has nothing against it').waitFor();
  await goOn();
  await frame.owner().waitFor({ state: 'hidden' });
  const saved = await kept(SHOPS, 'RESTDECISION-1');
  assert.deepEqual(saved.outcomes, [yes, no]);
  const [{ affinity, doubt }] = saved.arguments.execute.inArguments;
  assert.deepEqual(affinity, {
    type: 'Category',
    object: 'Bags',
    showBy: 'views',
    dateRange: 'last90Days',
    minimumShare: 0.35
  });
  assert.equal(doubt, 'out');
});

test('next waits, with a sentence, until the step is complete', async () => {
  const { frame, open, next, map, goOn } = await openJourney(SHOPS);
  const sentence = frame.locator('.sentence');
  await open('Personalization Activity');
  assert.ok(await next.isDisabled());
  assert.match(await sentence.innerText(), /Choose the dataset/);
  await frame.getByLabel('Dataset').selectOption('retail');
  await goOn('Action');
  assert.ok(await next.isDisabled());
  assert.equal(await sentence.innerText(), 'Name the action.');
  await frame.getByLabel('Action name').fill('{{Event.x.y}}');
  assert.match(await sentence.innerText(), /choose “From journey or contact data”/);
  await frame.getByRole('radio', { name: 'From journey or contact data' }).check();
  await frame.getByText('100 distinct actions of a person a day').waitFor();
  await frame.getByLabel('Action comes from').selectOption({ label: 'SchoolColour' });
  await goOn('Identifiers');
  await frame.getByText('Map only what belongs to one person').waitFor();
  assert.match(await sentence.innerText(), /Identifier 1: choose the identity type/);
  await map('Identifier', 1, 'emailAddress', 'Email Address');
  await map('Identifier', 2, 'emailAddress', 'CustomerId');
  assert.match(await sentence.innerText(), /emailAddress is mapped already/);
  assert.ok(await next.isDisabled());
  await frame.getByRole('button', { name: 'Remove identifier 2' }).click();
  assert.ok(await next.isEnabled());
  assert.ok(await frame.getByRole('button', { name: 'Summary' }).isEnabled());
});

test('the keyboard is enough', async () => {
  const { page, frame, open } = await openJourney(SHOPS);
  await open('Personalization Activity');
  await frame.getByLabel('Dataset').focus();
  await page.keyboard.press('r');
  await page.keyboard.press('Tab');
  await frame.getByRole('button', { name: 'Action' }).focus();
  await page.keyboard.press('Enter');
  await frame.getByRole('heading', { name: 'Action' }).waitFor();
  await frame.getByRole('radio', { name: 'The same name for everyone' }).focus();
  await page.keyboard.press('ArrowDown');
  await frame.getByLabel('Action comes from').waitFor();
  await page.keyboard.press('ArrowUp');
  await frame.getByLabel('Action name').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('Seen at the till');
  await page.keyboard.press('Enter');
  await frame.getByRole('heading', { name: 'Identifiers' }).waitFor();
  const focused = await frame.locator(':focus').innerText();
  assert.equal(focused, 'Identifiers');
  await page.keyboard.press('Tab');
  await page.keyboard.press('e');
  assert.equal(
    await frame.getByLabel('Identifier 1 in Personalization').inputValue(),
    'emailAddress'
  );
});

test('both known shapes of the answers are understood', async () => {
  await fetch(`${JOURNEYS}/_simulator/faults`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ answerShapes: 'recorded' })
  });
  await haveConfigured({ attributes: { schoolColour: '{{Contact.Key}}' } });
  const { frame, open } = await openJourney(SHOPS);
  await open('Personalization Activity');
  await frame.getByRole('button', { name: 'Attributes' }).click();
  const picker = frame.getByLabel('Attribute 1 comes from');
  assert.equal(await picker.inputValue(), '{{Contact.Key}}');
  assert.match(await picker.innerText(), /LoyaltyNumber[^]*Demographics › Job Title/);
  assert.doesNotMatch(await picker.innerText(), /Row Hash/);
});

test('a running journey is shown but not changed', async () => {
  await haveConfigured();
  const { page, frame, next, open, goOn } = await openJourney(SHOPS);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Running', { exact: true }).waitFor();
  await open('Personalization Activity');
  await frame.getByText('The journey is running').waitFor();
  assert.ok(await frame.getByLabel('Dataset').isDisabled());
  for (const step of ['Action', 'Identifiers', 'Attributes', 'Summary']) await goOn(step);
  assert.ok(await next.isHidden());
});

test('what publishing finds is said on the canvas and on our page', async () => {
  await haveConfigured({ dataset: 'retired' });
  const { page, frame, open } = await openJourney(SHOPS);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('dataset is none of those').waitFor();
  await open('Personalization Activity');
  await frame.getByText('Journey Builder says:').waitFor();
  await frame.getByText('dataset is none of those').waitFor();
  await frame.getByText('retired is not configured any more').waitFor();
});

test('a test run sends nothing and says what it would', async () => {
  await haveConfigured();
  const { page } = await openJourney(SHOPS);
  await page.getByRole('button', { name: 'Test' }).click();
  const contacts = await eventually(() => contactsOf(SHOPS), areThrough, 30_000);
  for (const { trail } of contacts) assert.equal(trail[0].answer.status, 'SKIPPED');
  await page.getByText('Test mode: nothing was sent').first().waitFor();
});

test('alone, the page says that it is not connected', async () => {
  const { page, faults } = await visits.open(ACTIVITY);
  await page.getByRole('heading', { name: 'Not connected to Journey Builder' }).waitFor();
  assert.deepEqual(faults, []);
});

test('without Postmonger beside it the page says what is missing', async () => {
  const { page } = await visits.open(`${SHOP}/`);
  await page.route('**/postmonger.js', (route) => route.abort());
  await page.goto(ACTIVITY);
  await page.getByRole('heading', { name: 'The page is not complete' }).waitFor();
});

test('a site that is not of the stack cannot frame the page', async () => {
  const { page } = await visits.open(`${SHOP}/`);
  const refused = page.waitForEvent('console', (message) =>
    message.text().includes('frame-ancestors')
  );
  await page.evaluate((address) => {
    const frame = document.createElement('iframe');
    frame.src = address;
    document.body.append(frame);
  }, ACTIVITY);
  await refused;
});

test('in a narrow drawer nothing sticks out', async () => {
  await haveConfigured();
  const { frame, open, goOn } = await openJourney(SHOPS, PHONE);
  await open('Personalization Activity');
  for (const step of ['Action', 'Identifiers', 'Attributes', 'Summary']) {
    await goOn(step);
    const tooWide = await frame
      .locator('html')
      .evaluate((document) => document.scrollWidth - document.clientWidth);
    assert.ok(tooWide <= 0, `${step}: ${tooWide} pixels too wide`);
  }
});
