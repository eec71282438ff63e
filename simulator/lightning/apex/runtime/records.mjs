import { Decimal } from '../values/decimal.mjs';
import { isId, longId } from '../values/ids.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';
import { throwApex } from './exceptions.mjs';
import { running } from './transaction.mjs';

/** How a value is stored in a field, by the field's type. */
const STORED = {
  id: storedId,
  reference: storedId,
  double: storedNumber,
  currency: storedNumber,
  percent: storedNumber,
  date: (value) => (value instanceof ApexDatetime ? ApexDate.fromMs(value.ms) : value),
  datetime: (value) => (value instanceof ApexDate ? new ApexDatetime(value.ms) : value)
};

function storedId(value) {
  return typeof value === 'string' && isId(value) ? longId(value) : value;
}

function storedNumber(value) {
  return typeof value === 'number' ? Decimal.of(value) : value;
}

function describe(record) {
  return running().program.schema.find(record.typeName);
}

/** `record.Email` or `record.Account`; on a row of a query only what was asked for. */
export function getField(record, name) {
  const object = describe(record);
  const found = object?.field(name) ?? object?.relationship(name);
  if (object && !found) throwApex('SObjectException', `Invalid field ${name} for ${object.name}`);
  if (record.queriedFields && !record.queriedFields.has(name.toLowerCase()) && !record.has(name)) {
    throwApex(
      'SObjectException',
      `SObject row was retrieved via SOQL without querying the requested field: ${record.typeName}.${name}`
    );
  }
  return record.get(name);
}

/** `record.Email = value`, spelled as the describe spells it. */
export function setField(record, name, value) {
  const object = describe(record);
  const field = object?.field(name);
  if (object && !field && !object.relationship(name)) {
    throwApex('SObjectException', `Invalid field ${name} for ${object.name}`);
  }
  const stored = value === null ? null : (STORED[field?.type]?.(value) ?? value);
  record.set(field?.name ?? name, stored);
  return stored;
}

/** `new Contact(LastName = 'Reed')` */
export function newRecord(typeName, fields) {
  const record = new SObject(typeName);
  for (const [name, value] of fields) setField(record, name, value);
  return record;
}
