/**
 * The site's tee: copies what a site's Personalization SDK sends to this service.
 *
 *   <script src="https://SERVICE/collect/tee.js" data-tenant="acme" data-dataset="retail"
 *           data-write-key="..." async></script>
 *
 * It never changes, delays or stops an event, and swallows every failure of its own: the site
 * must not notice. `/collect/tee.js` serves this file without its comments and spare blanks, in
 * less than 4 KB; a comment stands on lines of its own. See docs/site-tee.md.
 */
{
  const quietly =
    (work) =>
    (...given) => {
      try {
        return work(...given);
      } catch {
        return undefined;
      }
    };

  const install = quietly(() => {
    const script = document.currentScript || document.querySelector('script[data-write-key]');
    const { tenant, dataset, writeKey } = script.dataset;
    const isAskedNotTo = navigator.doNotTrack === '1' || navigator.globalPrivacyControl;
    if (isAskedNotTo || window.personalizationTee || !(tenant && dataset && writeKey)) return;

    const BATCH_MS = 250;
    const BATCH_EVENTS = 100;
    // Browsers take 64 KiB of beacons at a time; the rest is for those of others.
    const BATCH_BYTES = 60000;
    const SENT = 'evergage:onEventSend';
    const SENT_BY_INTERACTIONS = 'interactions:onEventSend';
    const LAST_CALL = 'mcis:onBeforeEventSend';
    const REVOKED = ['evergage:onConsentRevoke', 'interactions:onConsentRevoke'];

    const address = new URL([tenant, dataset].map(encodeURIComponent).join('/'), script.src).href;
    const opening = `{"writeKey":${JSON.stringify(writeKey)},"events":[`;
    const sizeOf = (text) => new Blob([text]).size;
    const room = BATCH_BYTES - sizeOf(opening) - 2;
    const sdks = () => [window.SalesforceInteractions, window.Evergage].filter(Boolean);
    // Of the task that runs now: event -> [time, the DOM events that announced it].
    const noticed = new Map();
    // Events as texts, waiting for their batch.
    const queue = [];
    const optedOut = {};
    const wrapped = new WeakSet();
    let timer;

    // The SDK announces by DOM events what Personalization is sent. Where it does, nothing else
    // counts: a call may be turned away by the SDK's rules, and a page view needs no call.
    const announcement = () => {
      const interactions = window.SalesforceInteractions;
      if (window.Evergage?.CustomEvents || interactions?.mcis) return SENT;
      return interactions?.CustomEvents && SENT_BY_INTERACTIONS;
    };

    const notice = quietly((event, announced) => {
      const known = noticed.get(event);
      if (known) known.push(announced);
      const awaited = announcement();
      if (known || !event || (awaited && awaited !== announced?.type)) return;
      const age = announced ? performance.now() - announced.timeStamp : 0;
      noticed.set(event, [Math.round(Date.now() - age), announced]);
      // When the task ends, the SDK has filled in the event and nobody can cancel it any more.
      queueMicrotask(settle);
    });

    const settle = () => {
      const settled = [...noticed];
      noticed.clear();
      settled.forEach(take);
    };

    const take = quietly(([event, [time, ...announced]]) => {
      if (announced.some((each) => each?.defaultPrevented) || isUnwanted(event)) return;
      const user = { ...event.user };
      if (!user.anonId) user.anonymousId ??= sdks()[0]?.getAnonymousId?.();
      const text = JSON.stringify({ eventId: newId(), time, ...event, user });
      if (sizeOf(text) > room) return;
      queue.push(text);
      if (document.hidden) flush();
      else timer ??= setTimeout(flush, BATCH_MS);
    });

    const newId = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

    // The SDK keeps consents between pages and tells each in one event only: both are asked.
    const isUnwanted = ({ consents, flags }) => {
      const kept = sdks().flatMap((sdk) => sdk.getConsents?.() ?? []);
      for (const each of [...(consents ?? []), ...kept]) {
        const { purpose, status } = each.consent ?? each;
        optedOut[purpose] = /out/i.test(status);
      }
      const isOut = Object.values(optedOut).includes(true);
      if (isOut) queue.length = 0;
      return isOut || flags?.doNotTrack;
    };

    const flush = quietly(() => {
      timer = clearTimeout(timer);
      while (queue.length) {
        let left = room;
        let count = 0;
        while (count < BATCH_EVENTS && count < queue.length) {
          left -= sizeOf(queue[count]);
          if (left < 0) break;
          left--;
          count++;
        }
        send(`${opening}${queue.splice(0, count)}]}`);
      }
    });

    // A body of text goes as text/plain, for which browsers ask no permission first.
    const post = (body, keepalive) =>
      fetch(address, { method: 'POST', body, keepalive, credentials: 'omit' });
    const beacon = quietly((body) => navigator.sendBeacon(address, body));
    const send = quietly((body) => {
      if (beacon(body)) return;
      post(body, true)
        .catch(() => post(body, false))
        .catch(() => 0);
    });

    const hear = quietly((announced) => {
      if (REVOKED.includes(announced.type)) queue.length = 0;
      else notice(announced.detail.actionEvent, announced);
    });

    // An SDK that announces is left alone. Another is looked for during a minute: it may be late.
    const wrap = quietly((sdk) => {
      const original = sdk.sendEvent;
      if (announcement() || wrapped.has(sdk) || !original) return;
      sdk.sendEvent = function (event) {
        const answer = original.apply(this, arguments);
        notice(event);
        return answer;
      };
      wrapped.add(sdk);
    });
    const look = quietly((times) => {
      if (times) setTimeout(look, 500, times - 1);
      sdks().forEach(wrap);
    });

    window.personalizationTee = (event) => {
      notice(event);
      return event;
    };
    [SENT, SENT_BY_INTERACTIONS, LAST_CALL, ...REVOKED].forEach((name) =>
      document.addEventListener(name, hear)
    );
    addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    // What a snippet in the page's head heard before this script arrived.
    const early = window.personalizationTeeEarly;
    if (early) {
      early.splice(0).forEach(hear);
      early.push = hear;
    }
    look(120);
  });
  install();
}
