import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startStage } from './tee-stage.mjs';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const EVERGAGE = 'evergage:onEventSend';
const INTERACTIONS = 'interactions:onEventSend';
const LAST_CALL = 'mcis:onBeforeEventSend';
const OPT_OUT = { purpose: 'Personalization', provider: 'Banner', status: 'Opt Out' };
const OPT_IN = { ...OPT_OUT, status: 'Opt In' };

/** SDKs of both namespaces: those that announce what they send, and those that do not. */
const EVERGAGE_SDK = { namespace: 'Evergage', sdk: { announces: [EVERGAGE] } };
const INTERACTIONS_SDK = {
  namespace: 'SalesforceInteractions',
  sdk: { announces: [INTERACTIONS, EVERGAGE, LAST_CALL], module: true }
};
const INTERACTIONS_ALONE = {
  namespace: 'SalesforceInteractions',
  sdk: { announces: [INTERACTIONS] }
};
const SILENT_EVERGAGE = { namespace: 'Evergage' };
const SILENT_INTERACTIONS = { namespace: 'SalesforceInteractions' };

let stage;
let opened = [];

before(async () => (stage = await startStage()));
afterEach(async () => {
  for (const each of opened) await each.close();
  opened = [];
  stage.forget();
});
after(() => stage.close());

async function visit(options) {
  const visited = await stage.visit(options);
  opened.push(visited);
  return visited;
}

/** Send events through the SDK of the page, in one task. */
const send = (page, ...events) =>
  page.evaluate((all) => {
    const sdk = window.SalesforceInteractions ?? window.Evergage;
    all.forEach((event) => sdk.sendEvent(event));
  }, events);

const view = (name) => ({
  interaction: { name },
  user: { identities: { emailAddress: 'ada@example.com' } }
});
const namesOf = (events) => events.map(({ interaction, action }) => interaction?.name ?? action);

for (const [what, site] of Object.entries({
  'Evergage, announcing': EVERGAGE_SDK,
  'Evergage, silent': SILENT_EVERGAGE,
  'Interactions with the Personalization module': INTERACTIONS_SDK,
  'Interactions alone': INTERACTIONS_ALONE,
  'Interactions, silent': SILENT_INTERACTIONS
})) {
  test(`${what}: each event arrives once, with id, time, and who it was`, async () => {
    const { page, faults } = await visit(site);
    const started = Date.now();
    await send(page, view('View Home'), view('View Catalog Object'), view('View Catalog Object'));
    const events = await stage.received(3);
    assert.deepEqual(namesOf(events), ['View Home', 'View Catalog Object', 'View Catalog Object']);
    assert.equal(new Set(events.map(({ eventId }) => eventId)).size, 3);
    for (const { eventId, time, user } of events) {
      assert.match(eventId, UUID);
      assert.ok(time >= started - 1000 && time <= Date.now() + 1000, `${time}`);
      assert.equal(user.anonymousId, '0123456789abcdef');
      assert.deepEqual(user.identities, { emailAddress: 'ada@example.com' });
    }
    assert.deepEqual(faults, []);
  });
}

test('an event of the Evergage shape arrives as it is', async () => {
  const { page } = await visit(SILENT_EVERGAGE);
  const event = {
    action: 'View Product',
    itemAction: 'View Item',
    catalog: { Product: { _id: '85123A', relatedCatalogObjects: { Category: ['Home'] } } },
    user: { anonId: 'fedcba9876543210', attributes: { emailAddress: 'ada@example.com' } }
  };
  await send(page, event);
  const [{ eventId, time, user, ...rest }] = await stage.received(1);
  assert.ok(eventId && time);
  assert.deepEqual({ ...rest, user }, { ...event, user: { ...event.user, ...user } });
  assert.equal(user.anonId, 'fedcba9876543210');
});

test('an event that brings its own id and time keeps them', async () => {
  const { page } = await visit(INTERACTIONS_SDK);
  await send(page, { ...view('View Home'), eventId: 'mine', time: 1_700_000_000_000 });
  const [{ eventId, time }] = await stage.received(1);
  assert.deepEqual([eventId, time], ['mine', 1_700_000_000_000]);
});

test('the events of a moment make one request that needs no preflight', async () => {
  const { page } = await visit(INTERACTIONS_SDK);
  await send(page, view('View Home'), view('View Catalog Object'));
  await stage.received(2);
  assert.equal(stage.requests.length, 1);
  const [{ method, path, contentType, origin, body }] = stage.requests;
  assert.deepEqual([method, path, body.writeKey], ['POST', '/collect/acme/retail', 'a key']);
  assert.match(contentType, /^text\/plain/);
  assert.equal(origin, new URL(page.url()).origin);
});

test('the SDK and the site get back exactly what they would without the tee', async () => {
  const { page, faults } = await visit(SILENT_INTERACTIONS);
  const seen = await page.evaluate(async () => {
    const event = Object.freeze({ interaction: Object.freeze({ name: 'View Home' }), user: {} });
    const answer = await window.SalesforceInteractions.sendEvent(event);
    const { sent } = window.SalesforceInteractions;
    return { isSame: answer === event && sent[0] === event, text: JSON.stringify(event) };
  });
  assert.deepEqual(seen, { isSame: true, text: '{"interaction":{"name":"View Home"},"user":{}}' });
  const [{ user }] = await stage.received(1);
  assert.deepEqual(user, { anonymousId: '0123456789abcdef' }); // asked of the SDK, for the copy alone
  assert.deepEqual(faults, []);
});

test('as a sitemap hook it returns the event itself, sends nothing again, copies it once', async () => {
  const { page, faults } = await visit(SILENT_EVERGAGE);
  const seen = await page.evaluate(async () => {
    const sdk = window.Evergage;
    const returned = [];
    sdk.onActionEvent = (event) => {
      const answer = window.personalizationTee(event);
      returned.push(answer === event);
      return answer;
    };
    await sdk.sendEvent({ action: 'View Home' });
    await sdk.sendEvent({ action: 'View Cart' });
    return { returned, sent: sdk.sent.length };
  });
  assert.deepEqual(seen, { returned: [true, true], sent: 2 });
  assert.deepEqual(namesOf(await stage.received(2)), ['View Home', 'View Cart']);
  assert.deepEqual(faults, []);
});

test('where the SDK announces, a hook adds nothing', async () => {
  const { page } = await visit(INTERACTIONS_SDK);
  await page.evaluate(() => {
    window.SalesforceInteractions.onActionEvent = window.personalizationTee;
  });
  await send(page, view('View Home'));
  await send(page, view('View Cart'));
  assert.deepEqual(namesOf(await stage.received(2)), ['View Home', 'View Cart']);
});

for (const name of [EVERGAGE, LAST_CALL]) {
  test(`an event that somebody cancels at ${name} is not copied`, async () => {
    const { page } = await visit(INTERACTIONS_SDK);
    await page.evaluate(
      (cancelledAt) =>
        document.addEventListener(cancelledAt, (announced) => {
          const { interaction } = announced.detail.actionEvent;
          if (interaction.name === 'Secret') announced.preventDefault();
        }),
      name
    );
    await send(page, view('Secret'), view('View Home'));
    assert.deepEqual(namesOf(await stage.received(1)), ['View Home']);
  });
}

test('what Personalization is not sent, by rules of the SDK, is not copied', async () => {
  const { page } = await visit({
    namespace: 'SalesforceInteractions',
    sdk: { announces: [INTERACTIONS], module: true }
  });
  await send(page, view('Blocked by the module'));
  await page.evaluate((name) => {
    const detail = { actionEvent: { action: 'Sent' } };
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }, EVERGAGE);
  assert.deepEqual(namesOf(await stage.received(1)), ['Sent']);
});

test('an SDK that comes late is found', async () => {
  const { page, faults } = await visit({});
  await page.waitForTimeout(1200); // longer than the tee's first looks
  await page.evaluate(() => {
    const late = window.makeSdk();
    const { sendEvent } = late;
    window.Evergage = late;
    return new Promise((resolve) => {
      const look = () => (late.sendEvent === sendEvent ? setTimeout(look, 20) : resolve());
      look();
    });
  });
  await send(page, { action: 'View Home' });
  assert.deepEqual(namesOf(await stage.received(1)), ['View Home']);
  assert.deepEqual(faults, []);
});

test('a page without an SDK has no trouble', async () => {
  const { page, faults } = await visit({});
  await page.evaluate(() => document.dispatchEvent(new CustomEvent('evergage:onEventSend')));
  await page.evaluate(() => window.personalizationTee(undefined));
  assert.deepEqual(faults, []);
});

test('an SDK that throws throws to the site, which sees its own error', async () => {
  const { page, faults } = await visit(SILENT_EVERGAGE);
  const message = await page.evaluate(() => {
    try {
      window.Evergage.sendEvent({ action: 'Broken', fails: 'the SDK is out of order' });
      return 'nothing was thrown';
    } catch (problem) {
      return problem.message;
    }
  });
  assert.equal(message, 'the SDK is out of order');
  await send(page, { action: 'View Home' });
  assert.deepEqual(namesOf(await stage.received(1)), ['View Home']);
  assert.deepEqual(faults, []);
});

test('an SDK that cannot be changed is left alone', async () => {
  const { page, faults } = await visit({
    namespace: 'SalesforceInteractions',
    head: '<script>Object.freeze(window.SalesforceInteractions);</script>'
  });
  const count = await page.evaluate(async () => {
    await window.SalesforceInteractions.sendEvent({ interaction: { name: 'View Home' } });
    return window.SalesforceInteractions.sent.length;
  });
  assert.equal(count, 1);
  assert.deepEqual(faults, []);
});

test('an event that cannot be written down is left out; the next one arrives', async () => {
  const { page, faults } = await visit(SILENT_INTERACTIONS);
  await page.evaluate(() => {
    const sdk = window.SalesforceInteractions;
    const cyclic = { interaction: { name: 'Cyclic' } };
    cyclic.self = cyclic;
    const throwing = { interaction: { name: 'Throwing' } };
    Object.defineProperty(throwing, 'secret', {
      enumerable: true,
      get() {
        throw new Error('nobody may read this');
      }
    });
    const odd = { interaction: { name: 'Odd' }, consents: 'none', big: 1n };
    for (const event of [cyclic, throwing, odd]) sdk.sendEvent(event);
    sdk.sendEvent({ interaction: { name: 'View Home' } });
  });
  assert.deepEqual(namesOf(await stage.received(1)), ['View Home']);
  assert.deepEqual(faults, []);
});

test('nothing is copied of a person who opted out, until they opt in', async () => {
  const { page } = await visit(EVERGAGE_SDK);
  await send(page, { ...view('Opting out'), consents: [OPT_OUT] });
  await send(page, view('Unseen'));
  await send(page, { ...view('Opting in'), consents: [OPT_IN] });
  await send(page, view('Seen'));
  assert.deepEqual(namesOf(await stage.received(2)), ['Opting in', 'Seen']);
});

test('nothing is copied of a person who opted out on an earlier page', async () => {
  const { page } = await visit(INTERACTIONS_SDK);
  await page.evaluate((consent) => {
    window.SalesforceInteractions.consents = [consent];
  }, OPT_OUT);
  await send(page, view('Unseen'));
  await page.evaluate((consent) => {
    window.SalesforceInteractions.consents = [consent];
  }, OPT_IN);
  await send(page, view('Seen'));
  assert.deepEqual(namesOf(await stage.received(1)), ['Seen']);
});

test('what waits when a person opts out is forgotten', async () => {
  const { page } = await visit(INTERACTIONS_SDK);
  await page.evaluate(async () => {
    await window.SalesforceInteractions.sendEvent({ interaction: { name: 'Waiting' } });
    await Promise.resolve();
    document.dispatchEvent(new CustomEvent('interactions:onConsentRevoke', { detail: {} }));
    await window.SalesforceInteractions.sendEvent({ interaction: { name: 'After' } });
  });
  assert.deepEqual(namesOf(await stage.received(1)), ['After']);
});

test('what waits is forgotten, too, when it is an event that tells of the opt-out', async () => {
  const { page } = await visit(EVERGAGE_SDK);
  await send(page, view('Waiting'), { ...view('Opting out'), consents: [OPT_OUT] });
  await send(page, { ...view('Opting in'), consents: [OPT_IN] });
  assert.deepEqual(namesOf(await stage.received(1)), ['Opting in']);
});

test('an event that asks not to be tracked is not copied', async () => {
  const { page } = await visit(SILENT_EVERGAGE);
  await send(page, { action: 'Untracked', flags: { doNotTrack: true } }, { action: 'View Home' });
  assert.deepEqual(namesOf(await stage.received(1)), ['View Home']);
});

for (const [what, initially] of [
  ['Do Not Track', "Object.defineProperty(navigator, 'doNotTrack', { value: '1' })"],
  [
    'Global Privacy Control',
    "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
  ]
]) {
  test(`a browser that says ${what} sends nothing`, async () => {
    const { page, faults } = await visit({ ...EVERGAGE_SDK, initially, isWithoutTee: true });
    await page.waitForLoadState('load');
    await send(page, view('Unseen'));
    assert.equal(await page.evaluate(() => typeof window.personalizationTee), 'undefined');
    assert.deepEqual(faults, []);
  });
}

test('many events are split at 100 and at 60,000 bytes, counted as bytes', async () => {
  const { page, faults } = await visit(INTERACTIONS_SDK);
  await page.evaluate(() => {
    const sdk = window.SalesforceInteractions;
    for (let n = 0; n < 250; n++) sdk.sendEvent({ interaction: { name: `Small ${n}` } });
    for (let n = 0; n < 20; n++) {
      sdk.sendEvent({ interaction: { name: `Teapot ${n}` }, text: '🫖'.repeat(2500) });
    }
  });
  const events = await stage.received(270);
  assert.equal(new Set(namesOf(events)).size, 270);
  assert.ok(stage.requests.every(({ size }) => size <= 60_000));
  assert.ok(stage.requests.every(({ body }) => body.events.length <= 100));
  assert.ok(stage.requests.some(({ body }) => body.events.length === 100));
  assert.deepEqual(faults, []);
});

test('an event larger than any beacon is left out; the others arrive', async () => {
  const { page, faults } = await visit(INTERACTIONS_SDK);
  await send(page, view('First'), { ...view('Huge'), text: 'x'.repeat(60_000) }, view('Last'));
  assert.deepEqual(namesOf(await stage.received(2)), ['First', 'Last']);
  assert.deepEqual(faults, []);
});

test('who leaves the page right after a click is still seen', async () => {
  const { page } = await visit(INTERACTIONS_SDK);
  await page.evaluate(() => {
    const link = document.querySelector('a');
    link.addEventListener('click', () => {
      window.SalesforceInteractions.sendEvent({ interaction: { name: 'Last Click' } });
    });
    addEventListener('pagehide', () => {
      window.SalesforceInteractions.sendEvent({ interaction: { name: 'Farewell' } });
    });
  });
  await page.getByRole('link').click();
  assert.deepEqual(namesOf(await stage.received(2)).sort(), ['Farewell', 'Last Click']);
});

for (const [what, initially] of [
  ['refused', 'navigator.sendBeacon = () => false'],
  [
    'unknown to the browser',
    "Object.defineProperty(navigator, 'sendBeacon', { value: undefined })"
  ],
  ['broken', "navigator.sendBeacon = () => { throw new Error('broken'); }"]
]) {
  test(`beacons being ${what}, events are fetched away, still as text`, async () => {
    const { page, faults } = await visit({ ...INTERACTIONS_SDK, initially });
    await send(page, view('View Home'));
    assert.deepEqual(namesOf(await stage.received(1)), ['View Home']);
    assert.match(stage.requests[0].contentType, /^text\/plain/);
    assert.deepEqual(faults, []);
  });
}

test('with neither beacon nor fetch the page goes on', async () => {
  const initially = 'navigator.sendBeacon = () => false; window.fetch = undefined';
  const { page, faults } = await visit({ ...SILENT_EVERGAGE, initially });
  await send(page, { action: 'Lost' });
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  assert.equal(await page.evaluate(() => window.Evergage.sent.length), 1);
  assert.deepEqual(faults, []);
});

test('a collector that refuses or never answers is not noticed by the page', async () => {
  stage.collector.status = 503;
  const { page, faults } = await visit(INTERACTIONS_SDK);
  await send(page, view('Refused'));
  await stage.received(1);
  stage.collector.holdsEvents = true;
  await send(page, view('Unanswered'));
  await stage.received(2);
  assert.equal(await page.evaluate(() => window.SalesforceInteractions.sent.length), 2);
  assert.deepEqual(
    faults.filter((fault) => fault.startsWith('exception')),
    []
  );
});

test('a service that never serves the tee delays neither the page nor its SDK', async () => {
  stage.collector.holdsScript = true;
  const { page, faults } = await visit({ ...INTERACTIONS_SDK, isWithoutTee: true });
  await send(page, view('View Home'));
  assert.equal(await page.evaluate(() => window.SalesforceInteractions.sent.length), 1);
  assert.equal(await page.getByRole('link').innerText(), 'Elsewhere');
  assert.deepEqual(faults, []);
});

test('what happened before the tee arrived is sent with the time it happened', async () => {
  const head = `<script>
    window.personalizationTeeEarly = [];
    ['evergage:onEventSend', 'interactions:onEventSend'].forEach(function (name) {
      document.addEventListener(name, function (event) { personalizationTeeEarly.push(event); });
    });
    window.happenedAt = Date.now();
    SalesforceInteractions.sendEvent({ interaction: { name: 'Early' } });
    while (Date.now() < happenedAt + 300);
  </script>`;
  const { page } = await visit({ ...INTERACTIONS_SDK, head });
  await send(page, view('Later'));
  const events = await stage.received(2);
  assert.deepEqual(namesOf(events), ['Early', 'Later']);
  const happenedAt = await page.evaluate(() => window.happenedAt);
  assert.ok(Math.abs(events[0].time - happenedAt) < 100, `${events[0].time - happenedAt} ms off`);
});

test('a tag that stands twice on the page sends once', async () => {
  const { page } = await visit({ ...SILENT_EVERGAGE, tags: 2 });
  await page.waitForLoadState('load');
  await send(page, { action: 'View Home' });
  await send(page, { action: 'View Cart' });
  assert.deepEqual(namesOf(await stage.received(2)), ['View Home', 'View Cart']);
});

test('a tag without a write key does nothing', async () => {
  const { page, faults } = await visit({
    ...EVERGAGE_SDK,
    tag: { tenant: 'acme', dataset: 'retail' },
    isWithoutTee: true
  });
  await page.waitForLoadState('load');
  await send(page, view('Unseen'));
  assert.equal(await page.evaluate(() => typeof window.personalizationTee), 'undefined');
  assert.deepEqual(faults, []);
});

test('a site that tells nobody where its visitors come from still tells who it is', async () => {
  const { page } = await visit({ ...INTERACTIONS_SDK, referrerPolicy: 'no-referrer' });
  await send(page, view('View Home'));
  await stage.received(1);
  assert.equal(stage.requests[0].origin, new URL(page.url()).origin);
});
