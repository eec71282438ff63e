import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { settledComponents } from '../../simulator/lightning/page/browsing/record-page.mjs';
import {
  cast,
  eventsOfService,
  PHONE,
  recordAddress,
  rowsOfOrg,
  setFaults,
  setOrgFaults,
  startVisits
} from './stack.mjs';

const PROMOTION = 'Next Best Promotion and Action';
const RECOMMENDATION = 'Next Best Recommendation';
const EVENT_STREAM = 'Event Stream';

let visits;
let people;

before(async () => {
  people = await cast();
  visits = await startVisits();
});
afterEach(() => Promise.all([setFaults({}), setOrgFaults({}), visits.leave()]));
after(() => visits.close());

/** Open somebody's page and ask one card why it is empty: `{page, faults, dialogue}`. */
async function diagnosis(person, title, { query, viewport } = {}) {
  const opened = await visits.open(recordAddress(person, query), viewport);
  await settledComponents(opened.page);
  const card = opened.page.locator('shell-placed-component', { hasText: title });
  await card.getByRole('button', { name: 'Why is this card empty?' }).click();
  await opened.page.locator('c-diagnosis-steps').waitFor();
  return { ...opened, dialogue: opened.page.getByRole('dialog') };
}

/** Which step fails, and its sentence; every step before it is fine, none after it was reached. */
async function failure(dialogue) {
  const steps = await dialogue.locator('[data-step]').all();
  const drawn = await Promise.all(
    steps.map(async (step) => ({
      name: await step.getAttribute('data-step'),
      state: (await step.getAttribute('class')).match(/step_(\w+)/)[1],
      finding: await step.locator('.finding').innerText()
    }))
  );
  const place = drawn.findIndex(({ state }) => state === 'failed');
  assert.ok(place >= 0, drawn.at(-1).finding);
  assert.ok(drawn.slice(0, place).every(({ state }) => state === 'ok' || state === 'warning'));
  assert.ok(drawn.slice(place + 1).every(({ state }) => state === 'skipped'));
  assert.ok(await steps[place].getByText('What to do:').isVisible());
  return [drawn[place].name, drawn[place].finding];
}

/** A person whom no other test of these files knows, having declined everything there is. */
async function personWhoDeclinedAll() {
  const known = new Set(Object.values(people).map(({ email }) => email));
  const rows = await rowsOfOrg("SELECT Id, Email FROM Contact WHERE Email != '' LIMIT 60");
  for (const row of rows.filter(({ Email }) => !known.has(Email)).reverse()) {
    const view = {
      recordId: row.Id,
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      viewId: `diagnosis-${row.Id}`
    };
    const { identityType, dataset } = view;
    const question = { ...view, identityType, dataset, datafield: 'promos', maxItems: 4 };
    const { items } = await apex('NextBestController/getNextBest', question);
    for (const offer of items) {
      await apex('OfferResponseController/respond', {
        view,
        offer,
        answer: 'Declined',
        reason: ''
      });
    }
    if (items.length) return { record_id: row.Id };
  }
  throw new Error('Nobody else is offered anything.');
}

async function apex(method, params) {
  const response = await fetch(`${process.env.P13N_DEMO_URL}/apex/${method}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ actionName: null, channel: null, ...params })
  });
  const { ok, value, error } = await response.json();
  if (!ok) throw new Error(error.message);
  return value;
}

test('each empty card names the step that fails, in plain words', async () => {
  const expected = [
    [people.contactWithoutEmail, PROMOTION, 'identifier', /^Email is blank on this record/],
    [people.unknownContact, PROMOTION, 'person', /does not know this person/],
    [people.controlOfPromotions, PROMOTION, 'campaign', /in the control group of “CRM Promotions”/],
    [people.noRecommendationsCampaign, RECOMMENDATION, 'campaign', /says: Only for people whose/],
    [await personWhoDeclinedAll(), PROMOTION, 'filters', /has declined everything/],
    [people.unknownLead, EVENT_STREAM, 'person', /No event names this person/]
  ];
  // teaches the service which campaign feeds the Datafield that somebody else does not get
  await settledComponents((await visits.open(recordAddress(people.usual))).page);
  const checks = expected.map(async ([person, title, step, sentence]) => {
    const { faults, dialogue } = await diagnosis(person, title);
    const [name, finding] = await failure(dialogue);
    assert.equal(name, step, `${title}: ${finding}`);
    assert.match(finding, sentence);
    assert.deepEqual(faults, []);
  });
  await Promise.all(checks);
});

test('a Datafield that no campaign has is named beside those that did return', async () => {
  const query = '?datafield=promotions';
  const { dialogue } = await diagnosis(people.usual, PROMOTION, { query, viewport: PHONE });
  const [step, finding] = await failure(dialogue);
  assert.equal(step, 'datafield');
  assert.match(finding, /the Datafield promotions\. .*promos, /);
});

test('a draft is previewed with the card’s own tiles, and stays a draft', async () => {
  const query = '?datafield=drafts';
  const { page, faults, dialogue } = await diagnosis(people.usual, RECOMMENDATION, { query });
  const sent = (await eventsOfService()).length;
  await dialogue.getByLabel('Experience', { exact: true }).selectOption(' ');
  await dialogue.getByLabel('Experience ID').fill('Ex7Ts');
  await dialogue.getByRole('button', { name: 'Preview', exact: true }).click();
  await dialogue.getByText('Preview of Ex7Ts:').waitFor();
  assert.equal(await dialogue.locator('c-recommendation-tile').count(), 3);
  assert.equal(await dialogue.getByRole('button', { name: 'Accepted' }).count(), 0);
  await dialogue.locator('c-recommendation-tile').last().scrollIntoViewIfNeeded();
  const events = (await eventsOfService()).slice(sent);
  const forced = events.filter(({ debug }) => debug?.testMessages);
  assert.deepEqual(
    forced.map(({ debug, campaignStats }) => [debug.testMessages, campaignStats]),
    [['Ex7Ts', undefined]]
  );
  await page.reload();
  const [card] = (await settledComponents(page)).filter(({ title }) => title === RECOMMENDATION);
  assert.equal(card.state, 'empty');
  assert.deepEqual(faults, []);
});

test('a rep is offered no diagnosis', async () => {
  await setOrgFaults({ permissionSets: { 'robin.rep@shop.example': ['Personalization_Viewer'] } });
  const { page } = await visits.open(recordAddress(people.unknownContact));
  await settledComponents(page);
  assert.equal(await page.getByRole('button', { name: /^Diagnose / }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Why is this card empty?' }).count(), 0);
});
