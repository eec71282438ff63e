import BAD_OBJECT_ID from '@salesforce/label/c.Personalization_FlowEditor_BadObjectId';
import CONSTANT from '@salesforce/label/c.Personalization_FlowEditor_Constant';
import MISSING from '@salesforce/label/c.Personalization_FlowEditor_Missing';
import NEEDS_OBJECT_ID from '@salesforce/label/c.Personalization_FlowEditor_NeedsObjectId';
import NEEDS_OBJECT_TYPE from '@salesforce/label/c.Personalization_FlowEditor_NeedsObjectType';
import NO_IDENTITY from '@salesforce/label/c.Personalization_FlowEditor_NoIdentity';
import NOT_A_BOOLEAN from '@salesforce/label/c.Personalization_FlowEditor_NotABoolean';
import NOT_A_DATE from '@salesforce/label/c.Personalization_FlowEditor_NotADate';
import NOT_A_NUMBER from '@salesforce/label/c.Personalization_FlowEditor_NotANumber';
import NOT_TEXT from '@salesforce/label/c.Personalization_FlowEditor_NotText';
import TOO_LONG from '@salesforce/label/c.Personalization_FlowEditor_TooLong';
import TWICE from '@salesforce/label/c.Personalization_FlowEditor_Twice';
import UNKNOWN_ATTRIBUTE from '@salesforce/label/c.Personalization_FlowEditor_UnknownAttribute';
import UNKNOWN_DATASET from '@salesforce/label/c.Personalization_FlowEditor_UnknownDataset';
import UNKNOWN_IDENTITY from '@salesforce/label/c.Personalization_FlowEditor_UnknownIdentity';
import UNKNOWN_OBJECT_TYPE from '@salesforce/label/c.Personalization_FlowEditor_UnknownObjectType';
import UNKNOWN_RESOURCE from '@salesforce/label/c.Personalization_FlowEditor_UnknownResource';
import WRONG_ATTRIBUTE_TYPE from '@salesforce/label/c.Personalization_FlowEditor_WrongAttributeType';
import { fillLabel } from 'c/fillLabel';
import { resourceIn } from 'c/profileUpdateInputs';

/** What the service takes as the name of an event. */
const LONGEST_NAME = 100;
const OBJECT_ID = /^[A-Za-z0-9_-]{1,30}$/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const LITERALS = {
  number: [(text) => NUMBER.test(text), NOT_A_NUMBER],
  boolean: [(text) => /^(true|false)$/i.test(text), NOT_A_BOOLEAN],
  date: [(text) => DATE.test(text) && !Number.isNaN(Date.parse(text)), NOT_A_DATE]
};

/**
 * What keeps `settings` from working.
 * @param settings see `readInputs()`
 * @param datasets what may be chosen; null while that is not known, and then names are not checked
 * @param knowledge `(resourceName) => {isText} | {isUnknown} | null`, see `knowledgeOf()`
 * @returns Map from place to sentence; a place is the name of a setting, or `attributes.0.value`
 */
export function problemsOf(settings, datasets, knowledge) {
  const problems = new Map();
  const say = (place, sentence, ...values) => {
    if (!problems.has(place)) problems.set(place, fillLabel(sentence, ...values));
  };
  const dataset = datasets?.find(({ name }) => name === settings.dataset);
  checkName(settings.interactionName, say);
  checkDataset(settings.dataset, datasets, dataset, say);
  checkIdentities(settings, dataset, say);
  checkAttributes('attributes', settings.attributes, dataset?.attributes, settings, say);
  checkObject(settings, dataset, say);
  for (const [place, text] of valuesIn(settings)) checkResource(place, text, knowledge, say);
  return problems;
}

/** A value of the record would make a new event name for each person, and a callout for each record. */
function checkName(name, say) {
  if (!name.trim()) say('interactionName', MISSING);
  else if (name.includes('{!')) say('interactionName', CONSTANT);
  else if (name.length > LONGEST_NAME) say('interactionName', TOO_LONG, LONGEST_NAME);
}

function checkDataset(name, datasets, dataset, say) {
  if (!name.trim()) say('dataset', MISSING);
  else if (name.includes('{!')) say('dataset', CONSTANT);
  else if (datasets && !dataset) say('dataset', UNKNOWN_DATASET, name);
}

function checkIdentities({ identities, identityCollection }, dataset, say) {
  if (identities.length === 0 && !identityCollection) say('identities', NO_IDENTITY);
  const known = dataset?.identityTypes.map(({ name }) => name);
  identities.forEach(({ name, value }, place) => {
    const row = `identities.${place}`;
    if (!name) say(`${row}.name`, MISSING);
    else if (known && !known.includes(name)) say(`${row}.name`, UNKNOWN_IDENTITY, name);
    else if (isRepeated(identities, place)) say(`${row}.name`, TWICE, name);
    if (!value.trim()) say(`${row}.value`, MISSING);
  });
}

/** @param known `[{name, type}]`, or undefined when nobody can say */
function checkAttributes(list, rows, known, { blankPolicy }, say) {
  const mayBeBlank = list === 'attributes' && blankPolicy === 'clear';
  rows.forEach(({ name, type, value }, place) => {
    const row = `${list}.${place}`;
    const attribute = known?.find((each) => each.name === name);
    if (!name) say(`${row}.name`, MISSING);
    else if (known && !attribute) say(`${row}.name`, UNKNOWN_ATTRIBUTE, name);
    else if (isRepeated(rows, place)) say(`${row}.name`, TWICE, name);
    else if (attribute && attribute.type !== (type || 'string')) {
      say(`${row}.name`, WRONG_ATTRIBUTE_TYPE, name, attribute.type, type || 'string');
    }
    if (!value.trim() && !mayBeBlank) say(`${row}.value`, MISSING);
    const [fits, sentence] = LITERALS[type] ?? [() => true];
    const isLiteral = value.trim() && !value.includes('{!');
    if (isLiteral && !fits(value.trim())) say(`${row}.value`, sentence);
  });
}

function checkObject(settings, dataset, say) {
  const { objectType, objectId, objectAttributes } = settings;
  const isMeant = objectType || objectId.trim() || objectAttributes.length > 0;
  if (!isMeant) return;
  const type = dataset?.profileObjectTypes.find(({ name }) => name === objectType);
  if (!objectType) say('objectType', NEEDS_OBJECT_TYPE);
  else if (dataset && !type) say('objectType', UNKNOWN_OBJECT_TYPE, objectType);
  if (!objectId.trim()) say('objectId', NEEDS_OBJECT_ID);
  else if (!objectId.includes('{!') && !OBJECT_ID.test(objectId.trim())) {
    say('objectId', BAD_OBJECT_ID);
  }
  checkAttributes('objectAttributes', objectAttributes, type?.attributes, settings, say);
}

function isRepeated(rows, place) {
  return rows.findIndex(({ name }) => name === rows[place].name) < place;
}

function valuesIn(settings) {
  const lists = ['identities', 'attributes', 'objectAttributes'];
  const rows = lists.flatMap((list) =>
    settings[list].map(({ value }, place) => [`${list}.${place}.value`, value])
  );
  const texts = ['objectId', 'recordId', 'interviewId'].map((name) => [name, settings[name]]);
  return [...rows, ...texts];
}

function checkResource(place, text, knowledge, say) {
  const name = resourceIn(text);
  const known = name && knowledge(name);
  if (known?.isUnknown) say(place, UNKNOWN_RESOURCE, `{!${name}}`);
  else if (known?.isText === false) say(place, NOT_TEXT, `{!${name}}`);
}
