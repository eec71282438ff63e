/** Stands in for the part of `lightning/uiRecordApi` that reads one record. */
import { SharedAnswers } from './answers.js';
import { wireAdapter } from './wire-adapter.js';

const records = new SharedAnswers(async ({ recordId, fields }) => {
  const response = await fetch(`/ui-api/records/${recordId}?fields=${fields.join(',')}`);
  const body = await response.json();
  if (!response.ok) throw { status: response.status, statusText: response.statusText, body };
  return body;
});

const answerTo = ({ recordId, fields }) =>
  records.to({ recordId, fields: [fields].flat().map(qualifiedName) });

/** Wire adapter `getRecord({recordId, fields})`; gives `{apiName, id, fields: {Name: {value}}}`. */
export const getRecord = wireAdapter(answerTo);

/** The value of `field` in a record that getRecord gave. */
export function getFieldValue(record, field) {
  return record?.fields?.[fieldName(field)]?.value;
}

/** The value as the org would show it, null where it shows the plain value. */
export function getFieldDisplayValue(record, field) {
  return record?.fields?.[fieldName(field)]?.displayValue;
}

function qualifiedName(field) {
  return typeof field === 'string' ? field : `${field.objectApiName}.${field.fieldApiName}`;
}

function fieldName(field) {
  return typeof field === 'string' ? field.slice(field.indexOf('.') + 1) : field.fieldApiName;
}
