/**
 * The running product that these tests look at, and the people they know in it.
 *
 * Freshly started, and looked at by one file after another (`node --test --test-concurrency=1
 * 'tests/e2e/*.test.mjs'`): some of these tests count its calls or put it out of order.
 *
 * P13N_DEMO_URL                  the Lightning page
 * P13N_DEMO_PERSONALIZATION_URL  the simulated Personalization account behind it
 * P13N_DEMO_SERVICE_URL          the service between them, which also serves the tee
 * P13N_DEMO_SHOP_URL             the simulated shop, a site that the tee listens on
 * P13N_DEMO_JOURNEYS_URL         the simulated Journey Builder
 * P13N_DEMO_ORG_URL              the simulated org behind the page
 * P13N_DEMO_SERVICE_PID          the service's process group, which a test may halt and let go on
 *
 * The service's cache is fresh for a second and revalidates for another (`fresh_seconds = 1`,
 * `stale_while_revalidate_seconds = 1`), so that a saved answer grows old while a test waits.
 */
import { startBrowser } from '../../simulator/lightning/page/browsing/chromium.mjs';
import { watchFaults } from '../../simulator/lightning/page/browsing/watch.mjs';

const PAGE = addressFrom('P13N_DEMO_URL');
const PERSONALIZATION = addressFrom('P13N_DEMO_PERSONALIZATION_URL');
const ORG = addressFrom('P13N_DEMO_ORG_URL');
const SERVICE_PID = Number(addressFrom('P13N_DEMO_SERVICE_PID'));
export const SHOP = addressFrom('P13N_DEMO_SHOP_URL');

const WIDE = { width: 1366, height: 900 };
export const PHONE = { width: 390, height: 844 };

function addressFrom(name) {
  const address = process.env[name];
  if (!address) throw new Error(`${name} is not set: these tests look at a running product.`);
  return address;
}

/** People by what they are good for: `{usual: {name, email, record_id, is_lead}, ...}`. */
export async function cast() {
  const response = await fetch(`${PERSONALIZATION}/_simulator/cast`);
  return response.json();
}

/** The address of a person's record page. */
export function recordAddress(person, query = '') {
  const objectName = person.is_lead ? 'Lead' : 'Contact';
  return `/lightning/r/${objectName}/${person.record_id}/view${query}`;
}

/** Make the account behave so, see `/_simulator/faults`; `{}` makes it well again. */
export const setFaults = (faults) => misbehave(PERSONALIZATION, faults);

/** Make the org behave so; the same. */
export const setOrgFaults = (faults) => misbehave(ORG, faults);

async function misbehave(standIn, faults) {
  await fetch(`${standIn}/_simulator/faults`, { method: 'DELETE' });
  if (Object.keys(faults).length === 0) return;
  await fetch(`${standIn}/_simulator/faults`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(faults)
  });
}

/** How often the account was asked so far; what it was told meanwhile does not count. */
export async function eventApiCalls(person) {
  const names = ({ user }) => Object.values(user.attributes).includes(person.email);
  const asks = (await eventsOfService()).filter(({ flags }) => !flags.noCampaigns);
  return asks.filter(names).length;
}

/**
 * Every event about somebody that the service sent to the account's Event API so far, oldest first;
 * the doctor of the Setup page offers one about nobody.
 */
export async function eventsOfService() {
  const response = await fetch(`${PERSONALIZATION}/_simulator/calls`);
  const { calls } = await response.json();
  return calls
    .filter(({ path, body }) => path.startsWith('/api2/authevent/') && body.user)
    .map(({ body }) => body);
}

/** The org's rows that a query finds. */
export async function rowsOfOrg(soql) {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'demo-org-client',
    client_secret: 'demo-org-secret'
  };
  const signedIn = await fetch(`${ORG}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form)
  });
  const { access_token: token } = await signedIn.json();
  const address = `${ORG}/services/data/v65.0/query?q=${encodeURIComponent(soql)}`;
  const response = await fetch(address, { headers: { Authorization: `Bearer ${token}` } });
  const body = await response.json();
  if (!response.ok) throw new Error(body[0].message);
  return body.records;
}

/** Halt the service as if its machine hung: it takes connections and answers none. */
export const haltService = () => process.kill(-SERVICE_PID, 'SIGSTOP');
export const resumeService = () => process.kill(-SERVICE_PID, 'SIGCONT');

/** What Personalization holds of a person: `{attributes: [{name, value}], objects: {type: {id: ...}}}`. */
export async function profileOf(person) {
  const response = await fetch(`${PERSONALIZATION}/_simulator/profiles/retail/${person.profileId}`);
  return response.json();
}

/** The events that the site told Personalization's open Event API so far, oldest first. */
export async function eventsOfSite() {
  const response = await fetch(`${PERSONALIZATION}/_simulator/calls`);
  const { calls } = await response.json();
  return calls
    .filter(({ path }) => path.startsWith('/api2/event/'))
    .map(({ body }) => new URLSearchParams(body).get('event'))
    .map((event) => JSON.parse(Buffer.from(event, 'base64').toString('utf8')));
}

/** The newest events of the stream that a rep gets on this person's page, newest first. */
export async function streamOf(person) {
  const response = await fetch(`${PAGE}/apex/EventStreamController/getEvents`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      recordId: person.record_id,
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      eventLimit: 50
    })
  });
  const { ok, value, error } = await response.json();
  if (!ok) throw new Error(error.message);
  return value.events;
}

/**
 * Ask `look()` again and again until its answer satisfies `isReached`, and return that answer.
 * Raises: Error with the last answer after `patienceMs`.
 */
export async function eventually(look, isReached, patienceMs = 10_000) {
  const giveUp = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isReached(seen)) return seen;
    if (Date.now() > giveUp) throw new Error(`Still ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * A browser for one file of tests: `open(address, viewport)` gives a new page and the list of its
 * faults, which grows as they come; `leave()` closes the pages, which otherwise go on asking for new
 * events; `close()` ends the browser.
 */
export async function startVisits() {
  const browser = await startBrowser();
  const context = await browser.newContext({ baseURL: PAGE });
  return {
    async open(address, viewport = WIDE) {
      const page = await context.newPage();
      await page.setViewportSize(viewport);
      const faults = watchFaults(page);
      await page.goto(address);
      return { page, faults };
    },
    leave: () => Promise.all(context.pages().map((page) => page.close())),
    close: () => browser.close()
  };
}
