/** Draws a journey: its boxes, the contacts in them, and what was answered for each. */

const ICONS = { activity: '★', split: '◆', email: '✉', end: '■' };
const BRANCHES = { in: 'Yes', out: 'No', unknown: 'Unknown' };

export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== null && value !== false)
      made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** The canvas from left to right; `onOpen(activity)` when one of our boxes is chosen. */
export function drawCanvas(journey, onOpen) {
  const boxes = Object.fromEntries(journey.activities.map((each) => [each.key, each]));
  const [first, split] = journey.activities;
  const branches = Object.entries(split.next).map(([branch, key]) =>
    make(
      'div',
      { class: 'branch' },
      make('span', { class: 'label' }, BRANCHES[branch]),
      box(boxes[key])
    )
  );
  return make(
    'div',
    { class: 'flow' },
    entry(journey),
    arrow(),
    box(first, onOpen),
    arrow(),
    box(split, onOpen),
    arrow(),
    make('div', { class: 'branches' }, branches),
    arrow(),
    box(boxes.END)
  );
}

function entry({ entry: { name }, waiting, contacts }) {
  const count = contacts.length ? `${contacts.length} came in` : `${waiting} wait`;
  return make(
    'div',
    { class: 'box entry' },
    make('span', { class: 'icon' }, '⇥'),
    make('strong', {}, name),
    make('small', {}, count)
  );
}

function box({ key, kind, label, isConfigured, problems, here, passed }, onOpen) {
  const state = problems.length ? 'has a mistake' : isConfigured ? null : 'not configured';
  const counts =
    kind === 'end' ? `${here} done` : `${passed} passed${here ? `, ${here} here` : ''}`;
  const classes = ['box', kind, state && 'open', problems.length && 'wrong'].filter(Boolean);
  return make(
    onOpen ? 'button' : 'div',
    {
      class: classes.join(' '),
      'data-key': key,
      type: onOpen ? 'button' : null,
      ...(onOpen && { click: () => onOpen(key, label) })
    },
    make('span', { class: 'icon' }, ICONS[kind]),
    make('strong', {}, label),
    make('small', {}, state ?? counts),
    problems.map((problem) => make('em', {}, problem))
  );
}

function arrow() {
  return make('span', { class: 'arrow', 'aria-hidden': 'true' }, '→');
}

/** One row a contact, with the ways to see what it came to. */
export function drawContacts(journey, links) {
  if (!journey.contacts.length)
    return make('p', { class: 'quiet' }, 'Nobody has come in yet. Configure, publish, run.');
  const heads = ['Contact', 'Is at', 'What our activities answered', 'See'];
  return make(
    'table',
    {},
    make(
      'thead',
      {},
      make(
        'tr',
        {},
        heads.map((head) => make('th', { scope: 'col' }, head))
      )
    ),
    make(
      'tbody',
      {},
      journey.contacts.map((contact) => row(contact, journey, links))
    )
  );
}

function row({ name, key, at, isTest, trail, recordId }, journey, links) {
  const place = journey.activities.find((activity) => activity.key === at)?.label ?? at;
  return make(
    'tr',
    { 'data-contact': key },
    make('th', { scope: 'row' }, name, isTest ? make('small', {}, ' test') : null),
    make('td', {}, place),
    make('td', {}, trail.filter(({ httpStatus }) => httpStatus !== undefined).map(answer)),
    make('td', {}, recordId ? ways(recordId, journey, links) : null)
  );
}

function answer({ key, attempts, httpStatus, answer: given }) {
  const said = given
    ? (given.branchResult ?? [given.status, given.code, given.message].filter(Boolean).join(': '))
    : `HTTP ${httpStatus ?? 'no answer'}`;
  const tries = attempts > 1 ? ` (${attempts} tries)` : '';
  return make('div', { class: 'answer' }, make('code', {}, key), ` ${said}${tries}`);
}

function ways(recordId, { dataset }, links) {
  const query = dataset === 'retail' ? '' : `?dataset=${dataset}`;
  const ways = [];
  const way = (href, text) => make('a', { href, target: '_blank', rel: 'noopener' }, text);
  if (links.crm)
    ways.push(way(`${links.crm}/lightning/r/Contact/${recordId}/view${query}`, 'record'));
  if (links.shop && dataset === 'retail')
    ways.push(' ', way(`${links.shop}/?as=${recordId}`, 'shop'));
  return ways;
}
