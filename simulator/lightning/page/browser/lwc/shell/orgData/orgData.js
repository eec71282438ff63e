/** What the page asks its server for. Rejects with an Error whose `status` is the answer's. */

/** See `listView()` of the server for the shape. */
export function fetchList(objectName, search) {
  return fetchJson(`/data/lists/${objectName}?search=${encodeURIComponent(search)}`);
}

/** `{record, page}`: see `recordView()` and `pageView()` of the server. */
export function fetchRecord(objectName, recordId) {
  return fetchJson(`/data/records/${objectName}/${recordId}`);
}

/** See `relatedRows()` of the server. */
export function fetchRelated(objectName, recordId, relationship) {
  return fetchJson(`/data/records/${objectName}/${recordId}/related/${relationship}`);
}

/** See `runReports()` of the server. */
export function fetchReports(folderName) {
  return fetchJson(`/data/reports/${folderName}`);
}

/** `{label, parts}` of an app page: see `appPageView()` of the server. */
export function fetchPage(name) {
  return fetchJson(`/data/pages/${name}`);
}

/** `{parts}` of the home page: see `homePageView()` of the server. */
export function fetchHome() {
  return fetchJson('/data/home');
}

/** See `componentSetup()` of the server. */
export function fetchComponentSetup() {
  return fetchJson('/data/setup/components');
}

async function fetchJson(address) {
  const response = await fetch(address);
  const body = await response.json();
  if (response.ok) return body;
  throw Object.assign(new Error(body.message), { status: response.status });
}
