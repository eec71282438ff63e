/**
 * A segment of the simulated account feeds a journey of the simulated Journey Builder: its members
 * wait until the journey is published, enter it once, and whoever joins in the shop enters at once.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { SHOP, cast, eventually, startVisits } from './stack.mjs';

const JOURNEYS = process.env.P13N_DEMO_JOURNEYS_URL;
const JOURNEY = `${JOURNEYS}/journeys/segment-entry`;
const LUNCH_BOX = '22629';

const run = promisify(execFile);
let visits;
let people;

before(async () => {
  visits = await startVisits();
  people = await cast();
});
after(async () => {
  await visits.close();
  await fetch(`${JOURNEYS}/_simulator/reset`, { method: 'POST' });
  await fetch(`${process.env.P13N_DEMO_PERSONALIZATION_URL}/_simulator/reset`, { method: 'POST' });
});

const p13n = async (...words) => JSON.parse((await run('p13n', [...words, '--json'])).stdout);
const contacts = async () => (await (await fetch(JOURNEY)).json()).contacts;
const ledger = async () =>
  (await p13n('segment-entries', 'list', 'acme', '--state', 'all')).entries.map(
    ({ state }) => state
  );

/** Save both activities without their page, and publish. */
async function publish() {
  await fetch(`${JOURNEYS}/journeys`); // the canvas opens
  const value = '{{Event.APIEvent-back-to-school."EmailAddress"}}';
  const given = { dataset: 'retail', identities: [{ type: 'emailAddress', value }] };
  await put('REST-1', { ...given, action: 'Back to School: looked around', attributes: {} });
  await put('RESTDECISION-1', { ...given, segment: 'Sg2Sp', doubt: 'unknown' });
  const answer = await fetch(`${JOURNEY}/publish`, { method: 'POST' });
  const journey = await answer.json();
  assert.equal(journey.status, 'Running', JSON.stringify(journey.activities));
}

async function put(key, given) {
  const kept = await fetch(`${JOURNEY}/activities/${key}`);
  const { payload } = await kept.json();
  payload.metaData.isConfigured = true;
  payload.arguments.execute.inArguments = [given];
  for (const call of ['validate', 'publish'])
    payload.configurationArguments[call].body = JSON.stringify({ inArguments: [given] });
  await fetch(`${JOURNEY}/activities/${key}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(payload)
  });
}

test('members wait for the journey to be published, and then enter it once', async () => {
  const waiting = await eventually(ledger, (states) => states.length > 5);
  assert.deepEqual(new Set(waiting), new Set(['queued']));
  await publish();
  await run('p13n', ['export-segments', 'acme']);
  await eventually(contacts, (found) => found.length === waiting.length);
  const taken = ['accepted', 'entered']; // the second once the status call has confirmed it
  assert.ok((await ledger()).every((state) => taken.includes(state)));
  const keys = (await contacts()).map(({ key }) => key);
  assert.equal(new Set(keys).size, waiting.length);
});

test('the canvas shows who came from the segment', async () => {
  const { page, faults } = await visits.open(`${JOURNEYS}/canvas/#segment-entry`);
  const [first] = await contacts();
  await page.getByText(first.name).first().waitFor();
  assert.deepEqual(faults, []);
});

test('who looks at a lunch box in the shop is in the journey within seconds', async () => {
  const inside = new Set((await contacts()).map(({ key }) => key));
  const person = Object.values(people).find(
    ({ profileId, is_lead: isLead, record_id: key }) => profileId && !isLead && !inside.has(key)
  );
  await visits.open(`${SHOP}/products/${LUNCH_BOX}?as=${person.record_id}`);
  await eventually(contacts, (found) => found.some(({ key }) => key === person.record_id), 30_000);
});
