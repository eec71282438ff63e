/** Addresses of the page, as in Lightning Experience, and how to go to one. */

const PAGES = [
  [/^\/lightning\/page\/home$/, 'home'],
  [/^\/lightning\/page\/reports$/, 'reports'],
  [/^\/lightning\/n\/(\w+)$/, 'app'],
  [/^\/lightning\/o\/(\w+)\/list$/, 'list'],
  [/^\/lightning\/r\/(\w+)\/(\w+)\/view$/, 'record'],
  [/^\/lightning\/r\/(\w+)\/(\w+)\/edit$/, 'edit'],
  [/^\/lightning\/setup\/components$/, 'setup'],
  [/^\/lightning\/setup\/flows$/, 'flows'],
  [/^\/lightning\/setup\/flows\/(\w+)$/, 'flow'],
  [/^\/lightning\/flow\/(\w+)$/, 'run']
];

/** Properties of components that an address may set, by its parameter. */
const SETTINGS = {
  dataset: 'personalizationDataset',
  datafield: 'campaignDatafield',
  acceptFlow: 'acceptFlow',
  acceptUrl: 'acceptUrl'
};

const NAVIGATED = 'page__navigated';

/**
 * The place an address shows: `{page, objectName, recordId, flowName, pageName, search, isWide,
 * settings}`; page null if none. `settings` take the place of the page's own on its components, as a
 * second page in App Builder would.
 */
export function placeOf({ pathname, searchParams }) {
  const [pattern, page] = PAGES.find(([candidate]) => candidate.test(pathname)) ?? [/^/, null];
  const [, name, recordId = searchParams.get('recordId')] = pathname.match(pattern);
  const isOfFlow = page === 'flow' || page === 'run';
  return {
    page,
    objectName: isOfFlow || page === 'app' ? undefined : name,
    pageName: page === 'app' ? name : undefined,
    recordId,
    flowName: isOfFlow ? name : undefined,
    search: searchParams.get('search') ?? '',
    isWide: searchParams.get('layout') === 'wide',
    settings: settingsIn(searchParams)
  };
}

function settingsIn(searchParams) {
  const given = Object.entries(SETTINGS).filter(([parameter]) => searchParams.has(parameter));
  return Object.fromEntries(
    given.map(([parameter, property]) => [property, searchParams.get(parameter)])
  );
}

/** The place the browser is at. */
export function currentPlace() {
  return placeOf(new URL(window.location.href));
}

/** Go to `address` without loading the document again. */
export function navigate(address, { replace = false } = {}) {
  window.history[replace ? 'replaceState' : 'pushState'](null, '', address);
  window.dispatchEvent(new CustomEvent(NAVIGATED));
}

/** Call `listener(place)` whenever the place changes; returns how to stop. */
export function followPlace(listener) {
  const changed = () => listener(currentPlace());
  const asked = ({ detail }) => navigate(detail.address, { replace: detail.replace });
  const listeners = {
    [NAVIGATED]: changed,
    popstate: changed,
    page__navigate: asked,
    click: followLink
  };
  for (const [name, heard] of Object.entries(listeners)) window.addEventListener(name, heard);
  return () => {
    for (const [name, heard] of Object.entries(listeners)) window.removeEventListener(name, heard);
  };
}

/** A plain click on a link of the page stays in the document; others are the browser's. */
function followLink(event) {
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
  const link = event.composedPath().find((element) => element.localName === 'a');
  if (!isPlain || event.defaultPrevented || !link?.href || link.target === '_blank') return;
  const { origin, pathname, href } = new URL(link.href);
  if (origin !== window.location.origin || !pathname.startsWith('/lightning/')) return;
  event.preventDefault();
  navigate(href);
}
