/**
 * Values of a Flow: literals, references to resources, and texts with references in them.
 * A resource without a value is null; a name that leads nowhere is an error.
 */
import { ElementFault, NotRunHere } from './faults.mjs';
import { evaluate } from './formulas.mjs';

const MERGE_FIELD = /\{!([^}]+)\}/g;

/** The value of a metadata `value` such as `{stringValue}` or `{elementReference}`; null for none. */
export function valueOf(value, interview) {
  if (value === undefined || value === '') return null;
  const [[kind, content]] = Object.entries(value);
  switch (kind) {
    case 'stringValue':
      return merged(content, interview);
    case 'elementReference':
      return resource(content, interview);
    case 'booleanValue':
      return content === 'true';
    case 'numberValue':
      return Number(content);
    default:
      throw new NotRunHere(interview.flow.name, interview.at, kind);
  }
}

/** `text` with every `{!Resource}` replaced; null becomes nothing. */
export function merged(text, interview) {
  return text.replace(MERGE_FIELD, (_whole, name) => spoken(resource(name, interview)));
}

function spoken(value) {
  return value === null ? '' : String(value);
}

/** The value that a reference such as `$Record.Email` or `Get_Contact.Email` leads to. */
export function resource(reference, interview) {
  const [name, ...path] = reference.split('.');
  return follow(rootOf(name, interview), path, reference, interview);
}

function rootOf(name, interview) {
  const { flow, values } = interview;
  if (name === '$Flow') return interview.system();
  if (name === '$GlobalConstant') return { True: true, False: false, EmptyString: '' };
  if (values.has(name)) return values.get(name);
  const found = flow.resources.get(name);
  if (found?.kind === 'formulas') return evaluate(found, flow, (each) => resource(each, interview));
  if (found?.kind === 'choices') return valueOf(found.value, interview);
  if (found || flow.elements.has(name)) return null;
  throw new NotRunHere(flow.name, interview.at, `{!${name}}, which the Flow does not have`);
}

function follow(root, path, reference, { flow, at }) {
  let value = root;
  for (const name of path) {
    if (value === null) return null;
    if (typeof value !== 'object' || !(name in value)) {
      throw new ElementFault(`Flow ${flow.name}, ${at}: {!${reference}} has no ${name}.`);
    }
    value = value[name];
  }
  return value ?? null;
}
