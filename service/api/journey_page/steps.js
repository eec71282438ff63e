/**
 * The steps of both activities: `{key, label, draw}`. `draw(wizard)` returns the step's body and
 * writes what is entered into `wizard.draft`.
 */
import { button, choice, element, field, notice, select } from './elements.js';
import { mappedRows, sourcePicker } from './rows.js';
import { summary } from './summary.js';

const SHOW_BY = [
  ['views', 'Views'],
  ['viewTime', 'View time'],
  ['purchases', 'Purchases']
];
const DATE_RANGES = [
  ['last7Days', 'last 7 days'],
  ['last30Days', 'last 30 days'],
  ['last90Days', 'last 90 days'],
  ['last365Days', 'last 365 days'],
  ['allTime', 'all time']
];

const DATASET = { key: 'dataset', label: 'Dataset', draw: datasetStep };
const IDENTIFIERS = { key: 'identifiers', label: 'Identifiers', draw: identifiersStep };
const SUMMARY = { key: 'summary', label: 'Summary', draw: summary };

export const STEPS = {
  activity: [
    DATASET,
    { key: 'action', label: 'Action', draw: actionStep },
    IDENTIFIERS,
    { key: 'attributes', label: 'Attributes', draw: attributesStep },
    SUMMARY
  ],
  split: [DATASET, { key: 'question', label: 'Question', draw: questionStep }, IDENTIFIERS, SUMMARY]
};

/** A text that goes into `holder[key]`. */
function textOf(wizard, holder, key, properties = {}) {
  const input = element('input', {
    type: 'text',
    ...properties,
    input: ({ target }) => {
      holder[key] = target.value;
      wizard.changed();
    }
  });
  input.value = holder[key];
  return input;
}

function selectOf(wizard, holder, key, options, isReshaping = false) {
  const chosen = (value) => {
    holder[key] = value;
    if (isReshaping) wizard.reshaped();
    else wizard.changed();
  };
  const offered = options.map(([value, label]) => ({ value, label }));
  return select([{ options: offered }], holder[key], chosen);
}

function datasetStep(wizard) {
  const options = wizard.facts.datasets.map(({ name, label }) => [name, label]);
  return [
    element('p', {}, 'A dataset is one site or brand in Personalization.'),
    field('Dataset', selectOf(wizard, wizard.draft, 'dataset', options))
  ];
}

function actionStep(wizard) {
  const { draft } = wizard;
  const bind = (value) => {
    draft.isActionBound = value === 'bound';
    draft.action = '';
    wizard.reshaped();
  };
  const options = [
    ['static', 'The same name for everyone'],
    ['bound', 'From journey or contact data']
  ];
  const body = draft.isActionBound
    ? [
        element(
          'div',
          { class: 'field' },
          sourcePicker({ ...wizard.picker('Action'), holder: draft, key: 'action' })
        ),
        notice(
          'warning',
          'Personalization keeps 100 distinct actions of a person a day and 1,000 in all. Choose data that has few different values.'
        )
      ]
    : [
        field(
          'Action name',
          textOf(wizard, draft, 'action', {
            maxlength: 100,
            placeholder: 'Back to School: uniform bought'
          }),
          'Campaigns and segments in Personalization find it under this name.'
        )
      ];
  const mode = draft.isActionBound ? 'bound' : 'static';
  return [choice('What is the action called?', 'action-mode', options, mode, bind), ...body];
}

function identifiersStep(wizard) {
  const { draft, dataset } = wizard;
  const names = (dataset?.identityTypes ?? []).map(({ name, label }) => ({ value: name, label }));
  return [
    element(
      'p',
      {},
      'Who is the contact in Personalization? Each identifier that has a value is sent; a contact without any is passed on with the status REJECTED.'
    ),
    notice(
      'warning',
      element('strong', {}, 'Map only what belongs to one person. '),
      'When two contacts share a value, such as the e-mail address of a household, Personalization makes one person of them, for good. Several identifiers of one contact are joined in the same way.'
    ),
    mappedRows({ ...wizard.picker('Identifier'), rows: draft.identities, nameKey: 'type', names })
  ];
}

function attributesStep(wizard) {
  const { draft, dataset } = wizard;
  const known = dataset?.attributes ?? {};
  const types = Object.keys(dataset?.profileObjectTypes ?? {});
  const attributes = Object.keys(known).length
    ? mappedRows({
        ...wizard.picker('Attribute'),
        rows: draft.attributes,
        nameKey: 'name',
        names: namesOf(known),
        mayBeFixed: true
      })
    : element('p', { class: 'quiet' }, 'No attributes are configured for this dataset.');
  return [
    element(
      'p',
      {},
      'Optional. What has no value for a contact is left as it is in Personalization.'
    ),
    element('h3', {}, 'User attributes'),
    attributes,
    ...(types.length ? profileObjects(wizard, types) : [])
  ];
}

function profileObjects(wizard, types) {
  const { draft } = wizard;
  const add = () => {
    draft.profileObjects.push({ type: types.length === 1 ? types[0] : '', id: '', attributes: [] });
    wizard.reshaped(`object-${draft.profileObjects.length - 1}-source`);
  };
  return [
    element('h3', {}, 'Profile objects'),
    element(
      'p',
      { class: 'help' },
      'A profile object is replaced whole: what is not sent is gone.'
    ),
    ...draft.profileObjects.map((each, place) => profileObject(wizard, each, place, types)),
    button('Add profile object', add, { class: 'add', id: 'object-add' })
  ];
}

function profileObject(wizard, object, place, types) {
  const number = `Profile object ${place + 1}`;
  const known = wizard.dataset.profileObjectTypes[object.type] ?? {};
  const remove = () => {
    wizard.draft.profileObjects.splice(place, 1);
    wizard.reshaped('object-add');
  };
  const type = select(
    [{ options: types.map((value) => ({ value, label: value })) }],
    object.type,
    (value) => {
      object.type = value;
      wizard.reshaped(`object-${place}-type`);
    },
    { id: `object-${place}-type`, 'aria-label': `${number}, type` }
  );
  const id = sourcePicker({
    ...wizard.picker(`${number}, id`),
    id: `object-${place}`,
    holder: object,
    key: 'id',
    mayBeFixed: true
  });
  return element(
    'fieldset',
    { class: 'object' },
    element('legend', {}, number),
    element(
      'div',
      { class: 'row' },
      type,
      element('span', { class: 'arrow', 'aria-hidden': 'true' }, '←'),
      id,
      button('✕', remove, { class: 'icon', 'aria-label': `Remove ${number.toLowerCase()}` })
    ),
    mappedRows({
      ...wizard.picker(`Field of object ${place + 1}`),
      rows: object.attributes,
      nameKey: 'name',
      names: namesOf(known),
      mayBeFixed: true
    })
  );
}

function namesOf(known) {
  return Object.entries(known).map(([value, type]) => ({ value, label: `${value} (${type})` }));
}

function questionStep(wizard) {
  const { draft } = wizard;
  const ask = (value) => {
    draft.question = value;
    wizard.reshaped();
  };
  const questions = [
    ['segment', 'Is the contact in a segment?'],
    ['affinity', 'Has the contact an affinity?']
  ];
  const doubts = [
    ['unknown', 'take a branch of their own, “Unknown”'],
    ['out', 'go the way of “No”'],
    ['in', 'go the way of “Yes”']
  ];
  const isSegment = draft.question === 'segment';
  return [
    choice('What decides?', 'question', questions, draft.question, ask),
    ...(isSegment ? segmentFields(wizard) : affinityFields(wizard)),
    choice('Contacts of whom nobody can tell in time', 'doubt', doubts, draft.doubt, (value) => {
      draft.doubt = value;
      wizard.changed();
    })
  ];
}

function segmentFields(wizard) {
  const help = 'Its name or its id, as Personalization shows it. Letter case does not matter.';
  const known = (wizard.dataset?.segmentNames ?? []).map((value) => element('option', { value }));
  return [
    field('Segment', textOf(wizard, wizard.draft, 'segment', { list: 'segments' }), help),
    element('datalist', { id: 'segments' }, known)
  ];
}

function affinityFields(wizard) {
  const { affinity } = wizard.draft;
  const types = (wizard.dataset?.catalogTypes ?? []).map((name) => [name, name]);
  return [
    field('Kind of thing', selectOf(wizard, affinity, 'type', types)),
    field('Name or id', textOf(wizard, affinity, 'object'), 'Such as the name of a category.'),
    field('Counted by', selectOf(wizard, affinity, 'showBy', SHOW_BY)),
    field('In the', selectOf(wizard, affinity, 'dateRange', DATE_RANGES)),
    field(
      'At least this share, in per cent',
      textOf(wizard, affinity, 'percent', { type: 'number', min: 0, max: 100 }),
      '20 means: at least a fifth of all views of this kind.'
    )
  ];
}
