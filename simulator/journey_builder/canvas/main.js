/** The page: choose a journey, configure its activities, publish, run, and watch. */
import { act, activityOf, everything, save } from './account.js';
import { closeDrawer, openDrawer } from './drawer.js';
import { drawCanvas, drawContacts, make } from './drawing.js';

const LOOK_EVERY_MS = 700;
const parts = Object.fromEntries(
  ['journeys', 'toolbar', 'canvas', 'contacts'].map((id) => [id, document.getElementById(id)])
);
let known = { journeys: [], links: {} };
let failure = '';
let drawn = '';

const chosen = () =>
  known.journeys.find(({ key }) => `#${key}` === window.location.hash) ?? known.journeys[0];

async function look() {
  try {
    known = await everything();
    failure = '';
  } catch (trouble) {
    failure = `The account does not answer: ${trouble.message}`;
  }
  draw();
}

/** Draw anew what has changed: a page that is drawn for nothing loses focus and selection. */
function draw() {
  const state = JSON.stringify([known, failure, window.location.hash]);
  if (state === drawn) return;
  drawn = state;
  const journey = chosen();
  parts.journeys.replaceChildren(...known.journeys.map(link));
  if (!journey) return parts.canvas.replaceChildren(failure || 'There is no journey.');
  parts.toolbar.replaceChildren(...toolbar(journey));
  parts.canvas.replaceChildren(drawCanvas(journey, (key, label) => open(journey, key, label)));
  parts.contacts.replaceChildren(drawContacts(journey, known.links));
  return undefined;
}

function link({ key, name }) {
  const isChosen = key === chosen().key;
  return make('a', { href: `#${key}`, 'aria-current': isChosen ? 'page' : null }, name);
}

function toolbar(journey) {
  const isRunning = journey.status === 'Running';
  const button = (what, label, disabled, brand) =>
    make(
      'button',
      {
        type: 'button',
        disabled,
        class: brand ? 'brand' : null,
        click: () => perform(journey, what)
      },
      label
    );
  const isEmpty = journey.waiting === 0;
  return [
    make('h2', {}, journey.name, ' ', make('span', { class: 'status' }, journey.status)),
    make('span', { class: 'quiet', role: 'status' }, failure),
    button('test', 'Test', isEmpty),
    button('publish', 'Publish', isRunning, !isRunning),
    button('run', 'Run', !isRunning || isEmpty, isRunning),
    button('stop', 'Stop', !isRunning)
  ];
}

async function perform(journey, what) {
  closeDrawer();
  try {
    await act(journey, what);
  } catch (trouble) {
    failure = trouble.message;
  }
  await look();
}

async function open(journey, key, label) {
  const { payload, answers } = await activityOf(journey, key);
  const kind = journey.activities.find((each) => each.key === key).kind;
  openDrawer({
    title: label,
    address: `${known.activityUrl}/${kind}/`,
    payload,
    answers,
    onSave: async (saved) => {
      await save(journey, key, saved);
      await look();
    }
  });
}

window.addEventListener('hashchange', () => {
  closeDrawer();
  draw();
});
look();
setInterval(look, LOOK_EVERY_MS);
