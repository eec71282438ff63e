/**
 * Looks at a running page as a rep would: home, then a contact whose four components show data.
 *
 *   node simulator/lightning/check-page.mjs --url http://127.0.0.1:8800 [--screenshot FILE]
 *
 * Prints OK and exits 0, or says what is wrong and exits 1. Errors in the console, exceptions,
 * answers of 400 and above and requests that leave the machine are all wrong.
 */
import { parseArgs } from 'node:util';
import { startBrowser } from './page/browsing/chromium.mjs';
import { settledComponents } from './page/browsing/record-page.mjs';
import { watchFaults } from './page/browsing/watch.mjs';

const OPTIONS = {
  url: { type: 'string', default: 'http://127.0.0.1:8800' },
  screenshot: { type: 'string' }
};

/** Contacts to try: one may be in a control group, or have no e-mail address. */
const CONTACTS_TRIED = 5;
const COMPONENTS_EXPECTED = 4;

async function check({ url, screenshot }) {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1366, height: 900 } });
    const faults = watchFaults(page);
    await openContactWithData(page, url);
    await page.waitForLoadState('networkidle');
    if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
    return faults;
  } finally {
    await browser.close();
  }
}

async function openContactWithData(page, url) {
  await page.goto(url);
  const links = page.locator('a[href^="/lightning/r/Contact/"]');
  await links.first().waitFor();
  let seen = [];
  for (let number = 0; number < Math.min(CONTACTS_TRIED, await links.count()); number++) {
    await links.nth(number).click();
    seen = await settledComponents(page);
    if (seen.length === COMPONENTS_EXPECTED && seen.every(showsData)) return;
    await page.goBack();
    await links.first().waitFor();
  }
  throw new Error(`No contact shows data in all components. The last one: ${JSON.stringify(seen)}`);
}

function showsData({ state, items }) {
  return state === 'content' && items > 0;
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  const faults = await check(values);
  if (faults.length) throw new Error(`The page has faults:\n  ${faults.join('\n  ')}`);
}

await main().then(
  () => console.log('OK'),
  (problem) => {
    console.error(problem.message);
    process.exitCode = 1;
  }
);
