/** Names inside a Flow lead somewhere, and what must be a constant is one. */

/** Parts of a Flow that have a name by which others may speak of them. */
const REFERENCES = ['elementReference', 'leftValueReference', 'assignToReference'];
const TEXTS = ['stringValue', 'fieldText', 'expression', 'interviewLabel', 'text'];
const MERGE_FIELD = /\{!([\w$.]+)\}/g;
/** Inputs of our actions that must not change from record to record. */
const CONSTANT_INPUTS = ['interactionName'];

/** Faults of one Flow as `{ line, message }`. @param {import('../reading/xml.mjs').Element} root */
export function* flowNameFaults(root) {
  const known = namesIn(root);
  for (const target of root.within('targetReference')) {
    if (!known.has(target.text)) yield fault(target, `there is no element ${target.text}`);
  }
  for (const { element, name } of usesIn(root)) {
    if (!name.startsWith('$') && !known.has(name))
      yield fault(element, `there is no resource ${name} in this Flow`);
  }
  for (const input of root.within('inputParameters')) yield* constantFaults(input, root);
}

function namesIn(root) {
  const named = root.children.filter((child) => child.first('name'));
  const fields = root.all('screens').flatMap((screen) => screen.all('fields'));
  return new Set([...named, ...fields].map((part) => part.value('name')));
}

/** What references and merge fields begin with; `$...` is the platform's. */
function* usesIn(root) {
  for (const tag of REFERENCES) {
    for (const element of root.within(tag)) yield { element, name: element.text.split('.')[0] };
  }
  for (const tag of TEXTS) {
    for (const element of root.within(tag)) {
      for (const [, path] of element.text.matchAll(MERGE_FIELD)) {
        yield { element, name: path.split('.')[0] };
      }
    }
  }
}

/** Personalization keeps few distinct names of a person's events, and each costs a callout. */
function* constantFaults(input, root) {
  if (!CONSTANT_INPUTS.includes(input.value('name'))) return;
  const value = input.first('value');
  const text = value?.value('stringValue');
  const constants = root.all('constants').map((constant) => constant.value('name'));
  const isConstant = text
    ? !text.includes('{!')
    : constants.includes(value?.value('elementReference'));
  if (!isConstant) yield fault(input, `${input.value('name')} must be a constant text`);
}

function fault({ line }, message) {
  return { line, message };
}
