/** One field of a layout: what to ask the org for, and what to show of the answer. */
import { OBJECT_NAMES } from './layouts.mjs';
import { valueAt } from './soql.mjs';

const ADDRESS_PARTS = ['Street', 'City', 'State', 'PostalCode', 'Country'];

/**
 * The field of a layout, resolved against the org's description of its object.
 * Shape: `{columns: [SOQL column], show: (record) => {label, type, value, href}}`.
 * Raises: Error when the object has no such field.
 */
export function resolveField(entry, description) {
  const { field, address, label } = typeof entry === 'string' ? { field: entry } : entry;
  if (address !== undefined) return addressField(address, label);
  const found = description.fields.find(({ name }) => name === field);
  if (!found) throw new Error(`${description.name} has no field ${field}`);
  if (found.type === 'reference') return referenceField(found, label);
  return {
    columns: [field],
    show: (record) => ({
      label: label ?? found.label,
      type: found.type,
      value: record[field] ?? null,
      href: null
    })
  };
}

function referenceField({ name, label: ownLabel, referenceTo, relationshipName }, label) {
  const nameColumn = `${relationshipName}.Name`;
  return {
    columns: [name, nameColumn],
    show: (record) => ({
      label: label ?? ownLabel,
      type: 'reference',
      value: valueAt(record, nameColumn),
      href: record[name] ? recordAddress(referenceTo[0], record[name]) : null
    })
  };
}

function addressField(prefix, label) {
  const columns = ADDRESS_PARTS.map((part) => prefix + part);
  return {
    columns,
    show: (record) => ({ label, type: 'address', value: addressLines(record, columns), href: null })
  };
}

/** Street, then place, then country, as one text of several lines; null when nothing is known. */
function addressLines(record, [street, city, state, postalCode, country]) {
  const place = [city, state, postalCode]
    .map((column) => record[column])
    .filter(Boolean)
    .join(' ');
  return [record[street], place, record[country]].filter(Boolean).join('\n') || null;
}

/** Where the page shows a record; null for objects it has no page for. */
export function recordAddress(objectName, recordId) {
  return OBJECT_NAMES.includes(objectName) ? `/lightning/r/${objectName}/${recordId}/view` : null;
}
