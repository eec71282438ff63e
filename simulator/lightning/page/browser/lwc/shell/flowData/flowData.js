/** What the page asks its server about Flows and about records that people change. */

export const fetchFlows = () => ask('/data/flows');
export const fetchFlow = (name) => ask(`/data/flows/${name}`);
export const setFlowActive = (name, isActive) =>
  send('POST', `/data/flows/${name}/active`, { isActive });

/** Newest first; of one Flow when `flowName` is given. See `Run.toJSON()` of the server. */
export const fetchRuns = (flowName) => ask(`/data/flow-runs${flowName ? `?flow=${flowName}` : ''}`);
export const runAgain = (runId) => send('POST', `/data/flow-runs/${runId}/again`, {});

/** Save the inputs of an element, as Flow Builder does; resolves with the element. */
export const saveElement = (flowName, elementName, inputVariables) =>
  send('PUT', `/data/flows/${flowName}/elements/${elementName}`, { inputVariables });
/** Give an element the inputs of the package. */
export const resetElement = (flowName, elementName) =>
  send('DELETE', `/data/flows/${flowName}/elements/${elementName}`);

/** See `editView()` of the server. */
export const fetchForm = (objectName, recordId) =>
  ask(`/data/records/${objectName}/${recordId}/edit`);
/** `{saved, problems, runs}`. */
export const saveRecord = (objectName, recordId, fields) =>
  send('POST', `/data/records/${objectName}/${recordId}`, { fields });
/** Set one field of up to 200 records in one transaction: `{saved, problems, runs}`. */
export const saveMany = (objectName, field, value, count) =>
  send('POST', `/data/lists/${objectName}/changes`, { field, value, count });

function send(method, address, body) {
  const headers = { 'Content-Type': 'application/json' };
  return ask(address, { method, headers, body: body && JSON.stringify(body) });
}

async function ask(address, options) {
  const response = await fetch(address, options);
  const body = await response.json();
  if (response.ok) return body;
  throw Object.assign(new Error(body.message), { status: response.status });
}
