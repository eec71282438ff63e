/**
 * Flows, as their builder and the people whose records start them see them: the property editor, the
 * package's Flows run for real, and what arrives in the person's event stream.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { cast, eventually, profileOf, setFaults, startVisits, streamOf } from './stack.mjs';

const CASE_CLOSED = '/lightning/setup/flows/Personalization_Case_Closed';
const OFFER = 'Personalization_Offer_Next_Best_Promotion';

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => visits.leave());
after(() => visits.close());

/** The page's form for a record of `person`. */
async function edit(objectName, recordId) {
  const opened = await visits.open(`/lightning/r/${objectName}/${recordId}/edit`);
  await opened.page.getByRole('button', { name: 'Save' }).waitFor();
  return opened;
}

/** A case of the contact that is not closed: its id. */
async function openCaseOf(page, person) {
  const list = await page.evaluate(async (name) => {
    const response = await fetch(`/data/lists/Case?search=${encodeURIComponent(name)}`);
    return response.json();
  }, person.name);
  const row = list.rows.find(({ cells }) => cells.at(-1).value !== 'Closed');
  return row.id;
}

const namesOf = (events, name) => events.filter((event) => event.name === name);
const lastRun = (page) => page.locator('[data-run]').first();

async function closeCase(page, status = 'Closed') {
  await page.getByLabel('Status').selectOption(status);
  await page.getByRole('button', { name: 'Save' }).click();
}

test('closing a case runs its Flow by itself, and the event appears in the stream', async () => {
  const { page, faults } = await visits.open('/lightning/o/Case/list');
  await page.getByRole('heading', { name: 'All Cases' }).waitFor();
  const recordId = await openCaseOf(page, people.usual);
  const form = (await edit('Case', recordId)).page;
  await closeCase(form);
  await form.getByText('What was started runs by itself').waitFor();
  const run = form.locator('[data-state="done"]');
  await run.getByText('one action call for 1, 1 ACCEPTED').waitFor();
  const isThere = (events) => namesOf(events, 'CRM Case Closed').length === 1;
  await eventually(() => streamOf(people.usual), isThere);
  const { objects } = await profileOf(people.usual);
  assert.equal(objects.Case[recordId].attributes.status, 'Closed');
  assert.deepEqual(faults, []);

  // The same interviews again, as after a failure of the platform: nothing is sent twice.
  await run.getByRole('button', { name: 'Run Personalization: Case Closed again' }).click();
  const { page: flow } = await visits.open(CASE_CLOSED);
  await flow.getByText('1 DUPLICATE').waitFor();

  // Changed again, and closed again: that is new, and is sent.
  await closeCase(form, 'Working');
  await form.getByText('No Flow was started').waitFor();
  await closeCase(form);
  const isTwice = (events) => namesOf(events, 'CRM Case Closed').length === 2;
  await eventually(() => streamOf(people.usual), isTwice);
});

test('a lead that is changed sends its attributes', async () => {
  const { page, faults } = await edit('Lead', people.knownLead.record_id);
  await page.getByLabel('Title').fill('Head of Tea');
  await page.getByLabel('Employees').fill('12');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('1 ACCEPTED').waitFor();
  const isThere = (events) => namesOf(events, 'CRM Lead Changed').length === 1;
  await eventually(() => streamOf(people.knownLead), isThere);
  const { attributes } = await profileOf(people.knownLead);
  const values = Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
  assert.deepEqual([values.jobTitle, values.employees], ['Head of Tea', 12]);
  assert.deepEqual(faults, []);
});

test('200 records in one transaction make one action call', async () => {
  const { page, faults } = await visits.open(CASE_CLOSED);
  await page.getByLabel('New value').selectOption('Closed');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('records were saved in one transaction').waitFor();
  const run = page.locator('[data-state="done"]').first();
  await run.getByText(/one action call for 1[5-9]\d, 1[5-9]\d ACCEPTED$/).waitFor();
  assert.equal(await run.getByText('one action call').count(), 1);
  assert.deepEqual(faults, []);
});

test('a saved element is restored, corrected in place, and the Flow runs with what was saved', async () => {
  const { page, faults } = await visits.open(CASE_CLOSED);
  const panel = page.getByRole('region', { name: 'Send Case' });
  const interaction = panel.getByLabel('Interaction Name');
  await panel.getByLabel('Identity 1: Type').waitFor();
  assert.equal(
    await panel.getByLabel('Identity 1: Value', { exact: true }).inputValue(),
    '{!Get_Contact.Email}'
  );
  assert.equal(await panel.getByLabel('Profile Object Type').inputValue(), 'Case');

  await interaction.fill('');
  await panel.getByRole('button', { name: 'Done' }).click();
  await panel.getByText('Enter or choose a value.').waitFor();
  await panel.getByText('1 error').waitFor();
  await interaction.fill('CRM Case {!$Record.Status}');
  await panel.getByText('Use a constant text, not a resource').waitFor();
  await interaction.fill('CRM Case Shut');
  await panel.getByRole('button', { name: 'Add Identity' }).click();
  await panel.getByLabel('Identity 2: Type').selectOption('Salesforce CRM Contact ID');
  await panel
    .getByLabel('Use a resource for Identity 2: Value')
    .selectOption('{!$Record.ContactId}');
  await panel.getByRole('button', { name: 'Done' }).click();
  await panel.getByText('Saved for the runs on this page').waitFor();
  const xml = await panel.locator('pre').textContent();
  assert.match(xml, /<stringValue>CRM Case Shut<\/stringValue>/);
  assert.match(xml, /<stringValue>emailAddress, sfcrmContactId<\/stringValue>/);
  assert.match(
    xml,
    /<name>identityValue2<\/name>\s*<value>\s*<elementReference>\$Record.ContactId</
  );

  const recordId = await page.evaluate(async () => {
    const list = await (await fetch('/data/lists/Case?search=olga')).json();
    return list.rows[0].id;
  });
  const form = (await edit('Case', recordId)).page;
  await closeCase(form, 'Escalated');
  await form.getByText('No Flow was started').waitFor();
  await closeCase(form);
  await form.getByText('1 ACCEPTED').waitFor();
  const isThere = (events) => namesOf(events, 'CRM Case Shut').length === 1;
  await eventually(() => streamOf(people.another), isThere);

  await panel.getByRole('button', { name: 'As in the package' }).click();
  await eventually(
    () => interaction.inputValue(),
    (name) => name === 'CRM Case Closed'
  );
  assert.deepEqual(faults, []);
});

test('what the service refuses is named on the run, and the owner of the case gets a task', async () => {
  const { page } = await visits.open(CASE_CLOSED);
  const panel = page.getByRole('region', { name: 'Send Case' });
  await panel.getByLabel('Profile Object ID', { exact: true }).fill('{!$Record.Subject}');
  await panel.getByRole('button', { name: 'Done' }).click();
  await panel.getByText('Saved for the runs on this page').waitFor();
  try {
    const recordId = await page.evaluate(async () => {
      const list = await (await fetch('/data/lists/Case?search=gustav')).json();
      return list.rows[0].id;
    });
    const form = (await edit('Case', recordId)).page;
    await closeCase(form, 'Working');
    await form.getByText('No Flow was started').waitFor();
    await closeCase(form);
    await form.getByText('one action call for 1, 1 REJECTED').waitFor();
    await form.getByText('profileObjects[0].id must be 1 to 30 letters').waitFor();
    await form.getByText('Elements that ran').click();
    await form.getByText('Was_It_Accepted > Ask_Owner_to_Look').waitFor();
  } finally {
    await panel.getByRole('button', { name: 'As in the package' }).click();
    await panel.getByRole('button', { name: 'As in the package' }).waitFor({ state: 'detached' });
  }
});

test('the property editor is used with the keyboard alone', async () => {
  const { page } = await visits.open(CASE_CLOSED);
  const panel = page.getByRole('region', { name: 'Send Case' });
  const add = panel.getByRole('button', { name: 'Add Attribute', exact: true });
  await add.focus();
  await page.keyboard.press('Enter');
  const name = panel.getByLabel('Attribute 1: Name', { exact: true });
  const hasCursor = () => name.evaluate((element) => element.matches(':focus'));
  await eventually(hasCursor, Boolean);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // the button beside it removes the row
  await name.waitFor({ state: 'detached' });
  await page.keyboard.press('Enter'); // the cursor is on the button that adds
  await eventually(hasCursor, Boolean);
});

test('a screen Flow offers the next best promotion and notes the answer', async () => {
  const { page, faults } = await visits.open(
    `/lightning/flow/${OFFER}?recordId=${people.usual.record_id}`
  );
  await page.getByText('How did the person answer?').waitFor();
  await page.getByLabel('Accepted').check();
  await page.getByLabel('Note').fill('wants a call');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Your Flow finished.').waitFor();
  const isThere = (events) => namesOf(events, 'CRM Offer Accepted').length === 1;
  await eventually(() => streamOf(people.usual), isThere);
  assert.deepEqual(faults, []);
});

test('a screen Flow says why there is nothing to offer', async () => {
  const { page } = await visits.open(
    `/lightning/flow/${OFFER}?recordId=${people.unknownContact.record_id}`
  );
  await page.getByText('There is nothing to offer right now.').waitFor();
  await page.getByText(/does not know|not known/).waitFor();
});

test('a Flow accepts while Personalization is out of order, and the event arrives later', async () => {
  await setFaults({ httpStatus: 503, route: '/authevent' });
  const { page } = await edit('Contact', people.usual.record_id);
  try {
    await page.getByLabel('Department').fill('Tea');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('1 ACCEPTED').waitFor();
  } finally {
    await setFaults({});
  }
  const isThere = (events) => namesOf(events, 'CRM Contact Changed').length === 1;
  await eventually(() => streamOf(people.usual), isThere, 30_000);
});

test('the list of Flows says what each is, and switches one off', async () => {
  const { page, faults } = await visits.open('/lightning/setup/flows');
  await page.getByRole('link', { name: 'Personalization: Lead Changed' }).waitFor();
  const isActive = page.getByLabel('Personalization: Lead Changed is active in this org');
  await isActive.uncheck();
  const { page: form } = await edit('Lead', people.knownLead.record_id);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('No Flow was started').waitFor();
  await isActive.check();
  assert.ok(await lastRun(page).isVisible());
  assert.deepEqual(faults, []);
});
