/**
 * Stands in for the vendor's web SDK: as much of `SalesforceInteractions` and of its
 * Personalization module as the shop's sitemap uses, behaving as documented.
 *
 * Each event passes the sitemap's `onActionEvent`, gets the browser's anonymous id and the page's
 * address, is announced by DOM events that may cancel it, and goes to Personalization's open
 * Event API. Sources: developer.salesforce.com, Personalization guide, "Custom Events",
 * "Event API Requests", "Consent".
 */
(() => {
  const OPT_OUT = 'Opt Out';
  const eventApi = JSON.parse(document.getElementById('page').textContent).eventApi;
  const CustomEvents = {
    OnBeforeEventSend: 'interactions:onBeforeEventSend',
    OnEventSend: 'interactions:onEventSend',
    OnConsentRevoke: 'interactions:onConsentRevoke'
  };
  let sitemap = {};
  let pageType = null;

  /** The 16-hex id of this browser, kept between pages; a new one after `resetAnonymousId`. */
  function getAnonymousId() {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const fresh = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    localStorage.anonymousId ??= fresh;
    return localStorage.anonymousId;
  }

  function resetAnonymousId() {
    delete localStorage.anonymousId;
  }

  function getConsents() {
    return JSON.parse(localStorage.consents ?? '[]');
  }

  function updateConsents(consents) {
    const updated = consents.map(({ purpose }) => purpose);
    const others = getConsents().filter(({ consent }) => !updated.includes(consent.purpose));
    const kept = consents.map((consent) => ({ consent, lastUpdateTime: new Date().toISOString() }));
    localStorage.consents = JSON.stringify([...others, ...kept]);
    for (const revokedConsent of kept.filter(({ consent }) => consent.status === OPT_OUT)) {
      announce(CustomEvents.OnConsentRevoke, { revokedConsent });
    }
  }

  /** Resolves with the event as it was sent, or null when a hook or a listener stopped it. */
  async function sendEvent(given) {
    const event = applyHooks(given);
    if (!event) return null;
    event.source = {
      channel: 'Web',
      pageType,
      url: location.href,
      urlReferrer: document.referrer,
      ...event.source
    };
    event.user = { ...event.user, anonymousId: getAnonymousId() };
    if (!announce(CustomEvents.OnBeforeEventSend, { actionEvent: event })) return null;
    announce(CustomEvents.OnEventSend, { actionEvent: event });
    return sendToPersonalization(JSON.parse(JSON.stringify(event)));
  }

  function applyHooks(event) {
    const hooks = [sitemap.pageTypes?.find(({ name }) => name === pageType), sitemap.global];
    return hooks.reduce(
      (passed, holder) => (passed && holder?.onActionEvent ? holder.onActionEvent(passed) : passed),
      event
    );
  }

  /** The Personalization module: nothing of people who opted out, one more chance to cancel. */
  function sendToPersonalization(actionEvent) {
    if (getConsents().some(({ consent }) => consent.status === OPT_OUT)) return null;
    const isWanted =
      announce('evergage:onEventSend', { actionEvent }) &&
      announce('mcis:onBeforeEventSend', { actionEvent });
    if (!isWanted) return null;
    const bytes = new TextEncoder().encode(JSON.stringify(actionEvent));
    const body = new URLSearchParams({ event: btoa(String.fromCodePoint(...bytes)) });
    if (actionEvent.pageView) fetchCampaigns(body);
    else navigator.sendBeacon(eventApi, body);
    return actionEvent;
  }

  /** A page that was opened may show something: the answer to its event says what. */
  async function fetchCampaigns(body) {
    try {
      const answer = await fetch(eventApi, { method: 'POST', body, keepalive: true });
      const { campaignResponses = [] } = await answer.json();
      announce('simulator:campaigns', { campaignResponses });
    } catch {
      // Without campaigns a site shows what it always shows.
    }
  }

  function announce(name, detail) {
    return document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
  }

  /** Find out which page this is and send its interaction. */
  function initSitemap(config) {
    sitemap = config;
    const page = config.pageTypes.find(({ isMatch }) => isMatch()) ?? config.pageTypeDefault;
    pageType = page.name;
    return sendEvent({ interaction: page.interaction, pageView: true });
  }

  window.SalesforceInteractions = {
    CustomEvents,
    ConsentStatus: { OptIn: 'Opt In', OptOut: OPT_OUT },
    init: () => Promise.resolve(),
    initSitemap,
    sendEvent,
    getAnonymousId,
    resetAnonymousId,
    getConsents,
    updateConsents,
    mcis: { ConsentPurpose: { Personalization: 'Personalization' } }
  };
})();
