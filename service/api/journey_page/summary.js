/** The last step: everything at a glance, what will be sent, and what the service says of it. */
import { argumentsOf } from './draft.js';
import { element, notice } from './elements.js';

const DOUBTS = { unknown: 'the branch “Unknown”', out: 'the branch “No”', in: 'the branch “Yes”' };

export function summary(wizard) {
  const given = argumentsOf(wizard.draft, wizard.facts.kind, wizard.journey);
  const verdict = element('div', { id: 'verdict', role: 'status' }, 'Asking the service …');
  check(given).then(
    (problems) => verdict.replaceChildren(said(problems)),
    () => verdict.replaceChildren(unreachable())
  );
  return [
    table(wizard, given),
    verdict,
    element(
      'details',
      {},
      element('summary', {}, 'What the journey will send for each contact'),
      element('pre', { tabindex: '0' }, JSON.stringify(given, null, 2))
    )
  ];
}

/** Ask the service what publishing would say. */
async function check(given) {
  const answer = await fetch('check', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify([given])
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return (await answer.json()).problems;
}

function said(problems) {
  if (!problems.length) return notice('good', 'The service has nothing against it.');
  return notice(
    'error',
    element('strong', {}, 'Publishing will fail:'),
    element(
      'ul',
      {},
      problems.map(({ message }) => element('li', {}, message))
    )
  );
}

function unreachable() {
  return notice(
    'warning',
    'The service does not answer, so this could not be checked. You may go on; publishing asks again.'
  );
}

function table(wizard, given) {
  const lines = wizard.facts.kind === 'split' ? splitLines : eventLines;
  const rows = [['Dataset', wizard.dataset?.label ?? given.dataset], ...lines(wizard, given)];
  return element(
    'dl',
    { class: 'lines' },
    rows.flatMap(([label, value]) => [element('dt', {}, label), element('dd', {}, value)])
  );
}

function eventLines(wizard, { action, identities, attributes, profileObjects }) {
  return [
    ['Action', wizard.spoken(action)],
    ...identityLines(wizard, identities),
    ...Object.entries(attributes).map(([name, value]) => [
      `Attribute ${name}`,
      wizard.spoken(value)
    ]),
    ...profileObjects.map(({ type, id, attributes: own }) => [
      `Profile object ${type}`,
      [
        wizard.spoken(id),
        ...Object.entries(own).map(([name, value]) => `${name} ← ${wizard.spoken(value)}`)
      ].join(', ')
    ])
  ];
}

function splitLines(wizard, { segment, affinity, identities, doubt }) {
  const question = segment
    ? `In the segment ${segment}?`
    : `At least ${wizard.draft.affinity.percent} % of ${affinity.type} for ${affinity.object}?`;
  return [
    ['Question', question],
    ...identityLines(wizard, identities),
    ['Nobody can tell', DOUBTS[doubt]]
  ];
}

function identityLines(wizard, identities) {
  return identities.map(({ type, value }) => [`Identifier ${type}`, wizard.spoken(value)]);
}
