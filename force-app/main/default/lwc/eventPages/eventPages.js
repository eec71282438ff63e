/**
 * What is shown of a stream: {events, latest, oldest, hasOlder}. `events` stand newest first and
 * hold no id twice; those that came by following bear `isNew`. `latest` and `oldest` are the
 * service's cursors to either side.
 */

export const NO_PAGES = { events: [], latest: null, oldest: null, hasOlder: false };

/** The first page; `limit` is how many were asked for: fewer mean that nothing is older. */
export function firstPage({ events, latest, oldest }, limit) {
  return { events: [...events], latest, oldest, hasOlder: isFull(events, oldest, limit) };
}

/**
 * `shown` with what came after its `latest`. An event that arrived late takes the place its time
 * gives it; one older than all that is shown is left to the older pages, where it will be found.
 */
export function withNewer(shown, { events, latest }) {
  const end = shown.hasOlder ? Date.parse(shown.events.at(-1)?.occurredAt) : -Infinity;
  const newer = notIn(shown.events, events)
    .filter(({ occurredAt }) => !(Date.parse(occurredAt) < end))
    .map((event) => ({ ...event, isNew: true }));
  const all = [...newer, ...shown.events];
  all.sort((one, other) => Date.parse(other.occurredAt) - Date.parse(one.occurredAt));
  return { ...shown, events: newer.length ? all : shown.events, latest: latest ?? shown.latest };
}

/** `shown` with the page that came before its `oldest`. */
export function withOlder(shown, { events, oldest }, limit) {
  return {
    ...shown,
    events: [...shown.events, ...notIn(shown.events, events)],
    oldest: oldest ?? shown.oldest,
    hasOlder: isFull(events, oldest, limit)
  };
}

function isFull(events, oldest, limit) {
  return Boolean(oldest) && events.length >= limit;
}

function notIn(shown, events) {
  const ids = new Set(shown.map(({ id }) => id));
  return events.filter(({ id }) => !ids.has(id));
}
