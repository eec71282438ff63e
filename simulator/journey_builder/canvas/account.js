/** What the page asks of the simulated account behind it. */

/** `{activityUrl, links, journeys: [journey]}`, see `Journey.view()` of the account. */
export function everything() {
  return ask('/journeys');
}

/** `{payload, answers}`: an activity, and what the canvas answers when its page asks. */
export function activityOf(journey, key) {
  return ask(`/journeys/${journey.key}/activities/${key}`);
}

export function save(journey, key, payload) {
  return ask(`/journeys/${journey.key}/activities/${key}`, 'PUT', payload);
}

/** `what` is publish, run, test or stop. Resolves with the journey after it. */
export function act(journey, what) {
  return ask(`/journeys/${journey.key}/${what}`, 'POST');
}

async function ask(address, method = 'GET', body) {
  const answer = await fetch(address, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify(body)
  });
  if (!answer.ok) throw new Error(`${address} answered HTTP ${answer.status}`);
  return answer.json();
}
