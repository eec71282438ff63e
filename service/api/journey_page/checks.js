/** What keeps a step from being complete, as sentences. The service checks the whole once more. */
import { isBinding } from './sources.js';

const MOST_ACTION_LETTERS = 100;

const CHECKS = {
  dataset: ({ draft, dataset }) => {
    if (!draft.dataset) return ['Choose the dataset that the journey tells of its contacts.'];
    return dataset ? [] : [`The dataset ${draft.dataset} is not configured any more.`];
  },
  action: ({ draft }) => actionSentences(draft),
  question: ({ draft }) => (draft.question === 'segment' ? segmentOf(draft) : affinityOf(draft)),
  identifiers: ({ draft, dataset }) => identitySentences(draft.identities, dataset),
  attributes: ({ draft, dataset }) => [
    ...rowSentences(draft.attributes, dataset?.attributes ?? {}, 'attribute'),
    ...draft.profileObjects.flatMap((each) => objectSentences(each, dataset))
  ],
  summary: () => []
};

/** Return the sentences of one step, none when one may go on. */
export function sentencesOf(step, draft, dataset) {
  return CHECKS[step]({ draft, dataset });
}

function actionSentences({ action, isActionBound }) {
  if (!action.trim())
    return [isActionBound ? 'Choose where the name comes from.' : 'Name the action.'];
  if (!isActionBound && action.includes('{{'))
    return ['To take the name from the journey, choose “From journey or contact data”.'];
  const isTooLong = !isActionBound && action.trim().length > MOST_ACTION_LETTERS;
  return isTooLong ? [`A name has at most ${MOST_ACTION_LETTERS} characters.`] : [];
}

function segmentOf({ segment }) {
  return segment.trim() ? [] : ['Name the segment.'];
}

function affinityOf({ affinity: { type, object, percent } }) {
  if (!type) return ['Choose what kind of thing the contact may lean to.'];
  if (!object.trim()) return ['Name what the contact may lean to.'];
  const share = Number(percent);
  const isShare = String(percent).trim() !== '' && share >= 0 && share <= 100;
  return isShare ? [] : ['The share is a number from 0 to 100.'];
}

function identitySentences(identities, dataset) {
  if (!identities.length) return ['Add at least one identifier: it says who the contact is.'];
  return identities.flatMap(({ type, value }, place) => {
    const number = `Identifier ${place + 1}`;
    if (!type) return [`${number}: choose the identity type.`];
    if (!dataset?.identityTypes.some(({ name }) => name === type))
      return [`${number}: ${type} is no identity type of this dataset.`];
    if (identities.findIndex((each) => each.type === type) < place)
      return [`${number}: ${type} is mapped already.`];
    return isBinding(value) ? [] : [`${number}: choose where its value comes from.`];
  });
}

function rowSentences(rows, known, what) {
  return rows.flatMap(({ name, value }, place) => {
    if (!name) return [`Choose the ${what} of row ${place + 1}, or remove the row.`];
    if (!(name in known)) return [`The ${what} ${name} is not configured for this dataset.`];
    if (rows.findIndex((each) => each.name === name) < place)
      return [`The ${what} ${name} is mapped twice.`];
    return String(value).trim() ? [] : [`Choose where ${name} comes from.`];
  });
}

function objectSentences({ type, id, attributes }, dataset) {
  if (!type) return ['Choose the type of the profile object, or remove it.'];
  const known = dataset?.profileObjectTypes[type];
  if (!known) return [`The profile object type ${type} is not configured for this dataset.`];
  if (!id.trim()) return [`Choose where the id of the ${type} comes from.`];
  return rowSentences(attributes, known, `field of ${type}`);
}
