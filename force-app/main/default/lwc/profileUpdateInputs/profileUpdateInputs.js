/**
 * The inputs of the action SendDataToPersonalization, and what the property editor shows of them.
 *
 * A value is shown as text: `Buyer`, or `{!$Record.Title}` for a resource of the Flow. Inputs are those
 * of Flow Builder, `{name, value, valueDataType}`, where a resource's name stands without braces.
 */

/** How many pairs the action has numbered inputs for. */
export const MOST_IDENTITIES = 3;
export const MOST_ATTRIBUTES = 10;

const RESOURCE = /^\{!([^{}!]+)\}$/;
const TRUE_VALUES = ['true', '$GlobalConstant.True'];

/** Inputs that are one text each, by the name under which the editor shows them. */
const TEXTS = {
  interactionName: 'interactionName',
  dataset: 'dataset',
  objectType: 'profileObjectType',
  objectId: 'profileObjectId',
  blankPolicy: 'blankPolicy',
  recordId: 'recordId',
  interviewId: 'interviewId',
  identityCollection: 'identities',
  attributeCollection: 'userAttributes',
  objectCollection: 'profileObjects'
};
const SWITCHES = ['validateOnly', 'faultOnError'];
/** Inputs that are pairs: a text of names, and numbered values. */
const PAIRS = {
  identities: { names: 'identityTypes', value: 'identityValue', most: MOST_IDENTITIES },
  attributes: { names: 'attributeNames', value: 'attributeValue', most: MOST_ATTRIBUTES },
  objectAttributes: {
    names: 'profileObjectAttributeNames',
    value: 'profileObjectAttributeValue',
    most: MOST_ATTRIBUTES
  }
};

/**
 * What the editor shows of `inputVariables`.
 * Shape: the texts and switches above; pairs as `[{name, type, value}]`, where `type` is '' for text. A
 * switch that a resource sets is that resource's text.
 */
export function readInputs(inputVariables) {
  const byName = new Map(inputVariables.map((input) => [input.name, input]));
  const settings = {};
  for (const [shown, name] of Object.entries(TEXTS)) settings[shown] = shownText(byName.get(name));
  for (const name of SWITCHES) settings[name] = shownSwitch(byName.get(name));
  for (const [shown, pairs] of Object.entries(PAIRS)) settings[shown] = readPairs(byName, pairs);
  return settings;
}

/** The inputs that `settings` come to: a Map from name to `{value, valueDataType}`. */
export function inputsOf(settings) {
  const inputs = new Map();
  for (const [shown, name] of Object.entries(TEXTS)) addText(inputs, name, settings[shown]);
  for (const name of SWITCHES) addSwitch(inputs, name, settings[name]);
  for (const [shown, pairs] of Object.entries(PAIRS)) addPairs(inputs, settings[shown], pairs);
  return inputs;
}

/** What Flow Builder must be told: `{changed: [{name, value, valueDataType}], deleted: [name]}`. */
export function changesBetween(inputVariables, settings) {
  const wanted = inputsOf(settings);
  const known = new Map(inputVariables.map((input) => [input.name, normal(input)]));
  const isOther = ([name, input]) =>
    input.value !== known.get(name)?.value ||
    input.valueDataType !== known.get(name)?.valueDataType;
  return {
    changed: [...wanted].filter(isOther).map(([name, input]) => ({ name, ...input })),
    deleted: [...known.keys()].filter((name) => isOurs(name) && !wanted.has(name))
  };
}

/** The resource that a text stands for, `$Record.Title`; null for a text of its own. */
export function resourceIn(text) {
  return RESOURCE.exec((text ?? '').trim())?.[1] ?? null;
}

function isOurs(name) {
  const isNumbered = ({ names, value, most }) =>
    name === names ||
    Array.from({ length: most }, (_none, place) => value + (place + 1)).includes(name);
  return (
    Object.values(TEXTS).includes(name) ||
    SWITCHES.includes(name) ||
    Object.values(PAIRS).some(isNumbered)
  );
}

function shownText(input) {
  if (!input || input.value === null || input.value === undefined) return '';
  if (!isReference(input)) return String(input.value);
  return `{!${resourceIn(input.value) ?? input.value}}`;
}

function shownSwitch(input) {
  if (!input || input.value === null || input.value === undefined) return false;
  if (TRUE_VALUES.includes(String(input.value))) return true;
  return isReference(input) && input.value !== '$GlobalConstant.False' ? shownText(input) : false;
}

function isReference({ valueDataType }) {
  return String(valueDataType).toLowerCase() === 'reference';
}

function readPairs(byName, { names, value, most }) {
  const text = shownText(byName.get(names));
  const written = text.trim() ? text.split(',') : [];
  const values = Array.from({ length: most }, (_none, place) =>
    shownText(byName.get(value + (place + 1)))
  );
  const used = values.reduce((count, each, place) => (each ? place + 1 : count), 0);
  return Array.from({ length: Math.max(written.length, used) }, (_none, place) => {
    const [name, type = ''] = (written[place] ?? '').split(':').map((part) => part.trim());
    return { name, type, value: values[place] ?? '' };
  });
}

function addText(inputs, name, text) {
  const resource = resourceIn(text);
  if (resource) inputs.set(name, { value: resource, valueDataType: 'reference' });
  else if (text?.trim()) inputs.set(name, { value: text.trim(), valueDataType: 'String' });
}

function addSwitch(inputs, name, value) {
  if (value === true) inputs.set(name, { value: true, valueDataType: 'Boolean' });
  else if (value) addText(inputs, name, value);
}

function addPairs(inputs, rows, { names, value }) {
  const filled = rows.filter((row) => row.name || row.value);
  const text = filled.map(({ name, type }) => (type ? `${name}:${type}` : name)).join(', ');
  addText(inputs, names, text);
  filled.forEach((row, place) => addText(inputs, value + (place + 1), row.value));
}

/** An input as we would write it, so that another spelling of the same is no change. */
function normal({ name, value, valueDataType }) {
  if (SWITCHES.includes(name)) {
    const inputs = new Map();
    addSwitch(inputs, name, shownSwitch({ value, valueDataType }));
    return inputs.get(name) ?? {};
  }
  const inputs = new Map();
  addText(inputs, name, shownText({ value, valueDataType }));
  return inputs.get(name) ?? {};
}
