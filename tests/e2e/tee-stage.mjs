/**
 * A site of our own and a collector that remembers, on two origins, for the tests of the tee.
 *
 * The site's page loads the tee as the service serves it; its SDK is a stand-in that the test
 * describes. The collector is not the service's: it must also be slow, broken or gone.
 */
import http from 'node:http';
import { startBrowser } from '../../simulator/lightning/page/browsing/chromium.mjs';
import { watchFaults } from '../../simulator/lightning/page/browsing/watch.mjs';

const SERVICE = process.env.P13N_DEMO_SERVICE_URL;
const PATIENCE_MS = 5000;
const TAG = { tenant: 'acme', dataset: 'retail', 'write-key': 'a key' };

/**
 * Start both servers and a browser.
 *
 * `visit({sdk, head, tag, tags, initially, referrerPolicy})` opens the site's page with an SDK
 * (see `makeSdk`) or none and returns the page and the list of its faults. `received(count)` waits
 * for that many events and returns them; `requests` are what the collector got, as
 * `{path, contentType, origin, size, body}`; `collector` says how it answers from now on.
 */
export async function startStage() {
  const script = await fetch(`${SERVICE}/collect/tee.js`).then((response) => response.text());
  const collector = { status: 204, holdsScript: false, holdsEvents: false };
  const requests = [];
  const pages = new Map();
  const service = await listen(serviceOf(script, collector, requests));
  const site = await listen(siteOf(pages));
  const browser = await startBrowser();
  return {
    collector,
    requests,
    visit: (page = {}) => visit(browser, site, pages, { ...page, service: addressOf(service) }),
    received: (count) => received(requests, count),
    forget() {
      requests.length = 0;
      Object.assign(collector, { status: 204, holdsScript: false, holdsEvents: false });
    },
    async close() {
      await browser.close();
      for (const server of [service, site]) {
        server.closeAllConnections();
        server.close();
      }
    }
  };
}

/**
 * Runs in the page: a minimal SDK.
 *
 * `announces` names the DOM events it sends, in their order, the last ones with a copy of the
 * event as the Personalization module makes it; `constants` and `module` say what it looks like.
 */
export function makeSdk({ announces = [], constants = announces.length > 0, module = false } = {}) {
  const sdk = { sent: [], consents: [] };
  const announce = (name, actionEvent) =>
    document.dispatchEvent(new CustomEvent(name, { detail: { actionEvent }, cancelable: true }));
  sdk.sendEvent = (given) => {
    const event = sdk.onActionEvent ? sdk.onActionEvent(given) : given;
    if (!Object.isFrozen(event)) event.user = { anonymousId: '0123456789abcdef', ...event.user };
    if (event.fails) throw new Error(event.fails);
    const [first, ...others] = announces;
    const isWanted = !first || announce(first, event);
    const copy = others.length ? JSON.parse(JSON.stringify(event)) : event;
    if (!others.every((name) => announce(name, copy)) || !isWanted) return Promise.resolve(null);
    sdk.sent.push(event);
    return Promise.resolve(event);
  };
  sdk.getAnonymousId = () => '0123456789abcdef';
  sdk.getConsents = () => sdk.consents.map((consent) => ({ consent }));
  if (constants) sdk.CustomEvents = {};
  if (module) sdk.mcis = {};
  return sdk;
}

async function visit(browser, site, pages, page) {
  const name = `/${pages.size}`;
  pages.set(name, documentOf(page));
  const context = await browser.newContext();
  const opened = await context.newPage();
  const faults = watchFaults(opened);
  await opened.addInitScript(`window.makeSdk = ${makeSdk};`);
  if (page.initially) await opened.addInitScript(page.initially);
  await opened.goto(addressOf(site) + name, { waitUntil: 'domcontentloaded' });
  if (!page.isWithoutTee) await opened.waitForFunction(() => window.personalizationTee);
  return { page: opened, faults, close: () => context.close() };
}

function documentOf({ namespace, sdk, head = '', tag = TAG, tags = 1, referrerPolicy, service }) {
  const referrer = referrerPolicy ? `<meta name="referrer" content="${referrerPolicy}" />` : '';
  const attributes = Object.entries(tag).map(([name, value]) => `data-${name}="${value}"`);
  const tee = `<script src="${service}/collect/tee.js" ${attributes.join(' ')} async></script>`;
  const made = namespace && `window.${namespace} = makeSdk(${JSON.stringify(sdk ?? {})});`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>A site</title>
    <link rel="icon" href="data:," />${referrer}
    <script>${made ?? ''}</script>${head}${tee.repeat(tags)}</head>
    <body><a href="/elsewhere">Elsewhere</a></body></html>`;
}

function siteOf(pages) {
  return (request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(pages.get(request.url) ?? '<!doctype html><title>Elsewhere</title>');
  };
}

function serviceOf(script, collector, requests) {
  return async (request, response) => {
    if (request.url === '/collect/tee.js') {
      if (collector.holdsScript) return;
      response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(script);
      return;
    }
    const chunks = await Array.fromAsync(request);
    const body = Buffer.concat(chunks);
    requests.push({
      method: request.method,
      path: request.url,
      contentType: request.headers['content-type'],
      origin: request.headers.origin,
      size: body.length,
      body: body.length ? JSON.parse(body) : null
    });
    if (collector.holdsEvents) return;
    response.writeHead(collector.status, { 'Access-Control-Allow-Origin': '*' }).end();
  };
}

async function received(requests, count) {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    const events = requests.flatMap(({ body }) => body?.events ?? []);
    if (events.length >= count) return events;
    if (Date.now() > giveUp) throw new Error(`${events.length} of ${count} events arrived`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function listen(handler) {
  const server = http.createServer(handler);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const addressOf = (server) => `http://127.0.0.1:${server.address().port}`;
