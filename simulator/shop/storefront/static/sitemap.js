/**
 * The shop's sitemap: what its pages and buttons mean to Personalization. A real one reads the
 * page's markup; ours is handed the same facts as JSON.
 */
const sdk = window.SalesforceInteractions;

/** `{type, interaction, items: {id: interaction of its page}, identities}`. */
export const page = JSON.parse(document.getElementById('page').textContent);

const PAGE_TYPES = ['home', 'category', 'product', 'basket', 'thanks'];

/** Who is signed in is told with every event. */
function addIdentities(event) {
  if (Object.keys(page.identities).length)
    event.user = { ...event.user, identities: page.identities };
  return event;
}

/** A quick view was opened or, with `isOver`, closed. */
export function quickView(id, isOver = false) {
  const name = isOver ? 'Stop Quick View Catalog Object' : 'Quick View Catalog Object';
  return sdk.sendEvent({ interaction: { ...page.items[id], name } });
}

/** One line of the basket came, with "Add To Cart", or went, with "Remove From Cart". */
export function changeBasket(name, lineItem) {
  return sdk.sendEvent({ interaction: { name, lineItem } });
}

/** What stands in the basket is bought. */
export function purchase() {
  const order = { id: `W${Date.now()}`, currency: 'GBP', lineItems: page.interaction.lineItems };
  return sdk.sendEvent({ interaction: { name: 'Purchase', order } });
}

/** The visitor allows personalization, or not. */
export function allow(isAllowed) {
  const { ConsentStatus, mcis } = sdk;
  const status = isAllowed ? ConsentStatus.OptIn : ConsentStatus.OptOut;
  const purpose = mcis.ConsentPurpose.Personalization;
  sdk.updateConsents([{ purpose, provider: 'Thimble & Lantern', status }]);
}

/** Whether the visitor has not forbidden it. */
export function isAllowed() {
  return !sdk.getConsents().some(({ consent }) => consent.status === sdk.ConsentStatus.OptOut);
}

/** When somebody else takes over this browser, what follows is not of the one who left. */
function noticeWhoIsHere() {
  const here = JSON.stringify(page.identities);
  const { lastSignedIn = here } = localStorage;
  if (lastSignedIn !== here) sdk.resetAnonymousId();
  if (here === '{}') delete localStorage.lastSignedIn;
  else localStorage.lastSignedIn = here;
}

noticeWhoIsHere();
sdk.init({ cookieDomain: location.hostname }).then(() =>
  sdk.initSitemap({
    global: { onActionEvent: addIdentities },
    pageTypeDefault: { name: 'default', interaction: { name: 'View Page' } },
    pageTypes: PAGE_TYPES.map((name) => ({
      name,
      isMatch: () => page.type === name,
      interaction: page.interaction
    }))
  })
);
