/**
 * What is being configured, read from the activity that Journey Builder keeps and written back
 * into it. Lists keep the order in which somebody added their rows.
 *
 * `{dataset, action, isActionBound, identities: [{type, value}], attributes: [{name, value}],
 *   profileObjects: [{type, id, attributes: [{name, value}]}],
 *   question, segment, affinity: {type, object, showBy, dateRange, percent}, doubt}`
 */
import { isBinding } from './sources.js';

const YES_NO_LABELS = { in: 'Yes', out: 'No', unknown: 'Unknown' };

/** Return the draft of a saved activity, or of a new one: one row to begin with. */
export function draftOf(payload, { datasets }) {
  const saved = Object.assign({}, ...[payload.arguments?.execute?.inArguments ?? []].flat());
  const only = datasets.length === 1 ? datasets[0].name : '';
  const { affinity } = saved;
  return {
    dataset: saved.dataset ?? only,
    action: saved.action ?? '',
    isActionBound: isBinding(saved.action),
    identities: saved.identities?.map((each) => ({ ...each })) ?? [{ type: '', value: '' }],
    attributes: pairs(saved.attributes),
    profileObjects: (saved.profileObjects ?? []).map((each) => ({
      ...each,
      attributes: pairs(each.attributes)
    })),
    question: affinity ? 'affinity' : 'segment',
    segment: saved.segment ?? '',
    affinity: {
      type: affinity?.type ?? '',
      object: affinity?.object ?? '',
      showBy: affinity?.showBy ?? 'views',
      dateRange: affinity?.dateRange ?? 'last90Days',
      percent: affinity ? Math.round((affinity.minimumShare ?? 0) * 100) : 20
    },
    doubt: saved.doubt ?? 'unknown'
  };
}

/** Return the in-arguments: what `execute` will be sent for each contact. */
export function argumentsOf(draft, kind, journey) {
  const named = journey ? { journey } : {};
  const { dataset, identities } = draft;
  if (kind === 'split') {
    return { dataset, identities, ...questionOf(draft), doubt: draft.doubt, ...named };
  }
  return {
    dataset,
    action: draft.action.trim(),
    identities,
    attributes: mapOf(draft.attributes),
    profileObjects: draft.profileObjects.map((each) => ({
      ...each,
      attributes: mapOf(each.attributes)
    })),
    ...named
  };
}

/**
 * Return the activity with the draft in it. It is the one we received: what we do not know stays.
 * Validate and publish carry no configuration of their own, so it is written into their bodies.
 */
export function filled(payload, draft, kind, journey) {
  const inArguments = [argumentsOf(draft, kind, journey)];
  const activity = structuredClone(payload);
  activity.arguments = { ...activity.arguments };
  for (const call of ['execute', 'testExecute'])
    if (call in activity.arguments || call === 'execute')
      activity.arguments[call] = { ...activity.arguments[call], inArguments };
  activity.metaData = { ...activity.metaData, isConfigured: true };
  const body = JSON.stringify({ inArguments });
  for (const call of ['validate', 'publish']) {
    const kept = activity.configurationArguments?.[call];
    if (kept && typeof kept === 'object') kept.body = body;
  }
  if (kind === 'split') activity.outcomes = outcomesOf(draft, activity.outcomes ?? []);
  return activity;
}

function questionOf({ question, segment, affinity: { percent, ...affinity } }) {
  if (question === 'segment') return { segment: segment.trim() };
  const object = affinity.object.trim();
  return { affinity: { ...affinity, object, minimumShare: Number(percent) / 100 } };
}

/** A branch that stays keeps what hangs on it on the canvas. */
function outcomesOf({ doubt }, outcomes) {
  const branchOf = (outcome) => outcome.arguments?.branchResult;
  return [...new Set(['in', 'out', doubt])].map(
    (branch) =>
      outcomes.find((outcome) => branchOf(outcome) === branch) ?? {
        arguments: { branchResult: branch },
        metaData: { label: YES_NO_LABELS[branch] }
      }
  );
}

function pairs(map) {
  return Object.entries(map ?? {}).map(([name, value]) => ({ name, value: String(value) }));
}

function mapOf(rows) {
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
