/**
 * The running product that these tests look at, and the people they know in it.
 *
 * Freshly started, and looked at by one file after another (`node --test --test-concurrency=1
 * 'tests/e2e/*.test.mjs'`): some of these tests count its calls or put it out of order.
 *
 * P13N_DEMO_URL                  the Lightning page
 * P13N_DEMO_PERSONALIZATION_URL  the simulated Personalization account behind it
 *
 * The service's cache is fresh for a second and revalidates for another (`fresh_seconds = 1`,
 * `stale_while_revalidate_seconds = 1`), so that a saved answer grows old while a test waits.
 */
import { startBrowser } from '../../simulator/lightning/page/browsing/chromium.mjs';
import { watchFaults } from '../../simulator/lightning/page/browsing/watch.mjs';

const PAGE = addressFrom('P13N_DEMO_URL');
const PERSONALIZATION = addressFrom('P13N_DEMO_PERSONALIZATION_URL');

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
export async function setFaults(faults) {
  await fetch(`${PERSONALIZATION}/_simulator/faults`, { method: 'DELETE' });
  if (Object.keys(faults).length === 0) return;
  await fetch(`${PERSONALIZATION}/_simulator/faults`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(faults)
  });
}

/** How often the account's Event API was asked so far. */
export async function eventApiCalls() {
  const response = await fetch(`${PERSONALIZATION}/_simulator/calls`);
  const { counts } = await response.json();
  return counts['POST /api2/authevent/<dataset>'] ?? 0;
}

/**
 * A browser for one file of tests: `open(address, viewport)` gives a new page and the list of its
 * faults, which grows as they come; `close()` ends it.
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
    close: () => browser.close()
  };
}
