/** What a person at a screen sees, and what is taken of the answers. */
import { NotRunHere } from './faults.mjs';
import { merged, valueOf } from './values.mjs';

const SHOWN = { DisplayText: shownText, LargeTextArea: shownArea, RadioButtons: shownRadio };

/**
 * The screen before which an interview stands.
 * Shape: `{name, label, isLast, fields: [{name, kind: 'text', paragraphs} | {name, kind: 'area',
 * label, required} | {name, kind: 'radio', label, required, choices: [{label, value}]}]}`.
 */
export function shownScreen(interview) {
  const { element, flow } = interview;
  if (element.allowBack === 'true') throw new NotRunHere(flow.name, element.name, 'allowBack');
  const fields = element.fields.map((field) => {
    const show = SHOWN[field.fieldType];
    if (!show) throw new NotRunHere(flow.name, field.name, `${field.fieldType} on a screen`);
    return { name: field.name, ...show(field, interview) };
  });
  return { name: element.name, label: element.label, isLast: !element.connector, fields };
}

/**
 * Take the answers `{fieldName: value}` and go on to the next element.
 * Returns what is wrong with them, or null.
 */
export function takeAnswers(interview, answers) {
  const { element } = interview;
  for (const { name, fieldText, fieldType, isRequired } of element.fields) {
    if (fieldType === 'DisplayText') continue;
    const answer = answers[name] || null;
    if (isRequired === 'true' && answer === null) return `${fieldText}: enter a value.`;
    interview.values.set(name, answer);
  }
  interview.leave(element.connector);
  return null;
}

/** Rich text as plain paragraphs; values from outside are never read as markup. */
function shownText({ fieldText }, interview) {
  const paragraphs = fieldText.split(/<\/p>/i).map((part) => part.replace(/<[^>]*>/g, '').trim());
  const texts = paragraphs.filter(Boolean).map((text) => merged(text, interview).trim());
  return { kind: 'text', paragraphs: texts.filter(Boolean) };
}

function shownArea({ fieldText, isRequired }) {
  return { kind: 'area', label: fieldText, required: isRequired === 'true' };
}

function shownRadio({ fieldText, isRequired, choiceReferences }, interview) {
  const choices = choiceReferences.map((name) => {
    const { choiceText, value } = interview.flow.resources.get(name);
    return { label: choiceText, value: valueOf(value, interview) };
  });
  return { kind: 'radio', label: fieldText, required: isRequired === 'true', choices };
}
