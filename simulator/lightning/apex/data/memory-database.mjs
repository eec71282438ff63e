import { running } from '../runtime/transaction.mjs';
import { numberedId } from '../values/ids.mjs';
import { ApexDatetime } from '../values/temporal.mjs';
import { answerQuery } from './selection.mjs';
import { SObject } from '../values/sobject.mjs';

/** Field types whose texts have a longest length. */
const TEXT_TYPES = new Set(['string', 'email', 'phone', 'url', 'textarea', 'picklist']);

/** The records of one Apex test, kept in memory. */
export class MemoryDatabase {
  constructor(schema) {
    this.schema = schema;
    this.rowsByObject = new Map();
    this.lastNumber = 0;
  }

  /** The database as it is now, to go on from independently (after @TestSetup). */
  copy() {
    const copy = new MemoryDatabase(this.schema);
    copy.lastNumber = this.lastNumber;
    for (const [name, rows] of this.rowsByObject) {
      copy.rowsByObject.set(
        name,
        rows.map((row) => row.clone())
      );
    }
    return copy;
  }

  rowsOf(name) {
    const key = name.toLowerCase();
    if (!this.rowsByObject.has(key)) this.rowsByObject.set(key, []);
    return this.rowsByObject.get(key);
  }

  query(query) {
    return answerQuery(query, { schema: this.schema, rowsOf: (name) => this.rowsOf(name) });
  }

  /**
   * Insert, update, upsert or delete records; inserted ones get their Id.
   * @returns one `{success, id, errors: [{statusCode, message, fields}]}` for each
   */
  write(operation, records, { allOrNone }) {
    const before = this.copy();
    const blankIds = records.filter((record) => record.get('Id') === null);
    const results = records.map((record) => this.writeOne(operation, record));
    if (allOrNone && results.some((each) => !each.success)) {
      this.rowsByObject = before.rowsByObject;
      for (const record of blankIds) record.byKey.delete('id');
    }
    return results;
  }

  writeOne(operation, record) {
    const object = this.schema.find(record.typeName);
    const id = record.get('Id');
    if (operation === 'insert' || (operation === 'upsert' && id === null)) {
      return this.insert(record, object);
    }
    const rows = this.rowsOf(object.name);
    const position = rows.findIndex((row) => row.get('Id') === id);
    if (id === null) return refused('MISSING_ARGUMENT', `Id not specified in an ${operation} call`);
    if (position < 0) return refused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (operation === 'delete') rows.splice(position, 1);
    else return this.change(rows[position], record, object);
    return done(id);
  }

  insert(record, object) {
    if (record.get('Id') !== null) {
      return refused('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', [
        'Id'
      ]);
    }
    const fault =
      missingFault(record, object) ??
      lengthFault(record, object) ??
      this.duplicateFault(record, object);
    if (fault) return fault;
    this.lastNumber += 1;
    const row = new SObject(object.name);
    for (const field of object.fields()) {
      row.set(field.name, record.get(field.name) ?? defaultOf(field));
    }
    row.set('Id', numberedId(object.keyPrefix, this.lastNumber));
    stamp(row, object, ['CreatedDate', 'LastModifiedDate', 'SystemModstamp']);
    compute(row, object);
    if (object.nameFormat) row.set('Name', numbered(object.nameFormat, this.lastNumber));
    this.rowsOf(object.name).push(row);
    record.set('Id', row.get('Id'));
    return done(row.get('Id'));
  }

  /** A value that another record has already, in a field that is unique. */
  duplicateFault(record, object) {
    for (const { name } of object.fields().filter((each) => each.isUnique)) {
      const value = record.get(name);
      const other = this.rowsOf(object.name).find((row) => row.get(name) === value);
      if (value === null || !other || other.get('Id') === record.get('Id')) continue;
      const message = `duplicate value found: ${name} duplicates value on record with id: ${other.get('Id')}`;
      return refused('DUPLICATE_VALUE', message, []);
    }
    return null;
  }

  change(row, record, object) {
    const fault = lengthFault(record, object) ?? this.duplicateFault(record, object);
    if (fault) return fault;
    for (const [name, value] of record.entries()) if (object.field(name)) row.set(name, value);
    stamp(row, object, ['LastModifiedDate', 'SystemModstamp']);
    compute(row, object);
    return done(row.get('Id'));
  }
}

function done(id) {
  return { success: true, id, errors: [] };
}

function refused(statusCode, message, fields = []) {
  return { success: false, id: null, errors: [{ statusCode, message, fields }] };
}

function missingFault(record, object) {
  const missing = object
    .fields()
    .filter(
      (field) => field.nillable === false && field.createable !== false && field.type !== 'boolean'
    )
    .filter(
      (field) =>
        field.name !== 'OwnerId' && defaultOf(field) === null && record.get(field.name) === null
    )
    .map((field) => field.name);
  if (!missing.length) return null;
  return refused(
    'REQUIRED_FIELD_MISSING',
    `Required fields are missing: [${missing.join(', ')}]`,
    missing
  );
}

function lengthFault(record, object) {
  for (const [name, value] of record.entries()) {
    const field = object.field(name);
    const isLimited = TEXT_TYPES.has(field?.type) && field.length && typeof value === 'string';
    if (isLimited && value.length > field.length) {
      const message = `${field.label}: data value too large: ${value} (max length=${field.length})`;
      return refused('STRING_TOO_LONG', message, [field.name]);
    }
  }
  return null;
}

/** `OR-{000000}` and 7 make `OR-000007`. */
function numbered(format, number) {
  return format.replace(/\{(0+)\}/, (_, zeros) => String(number).padStart(zeros.length, '0'));
}

function defaultOf(field) {
  if (field.defaultValue !== undefined) return field.defaultValue;
  if (field.name === 'OwnerId') return running().user.id;
  return field.type === 'boolean' ? false : null;
}

function stamp(row, object, names) {
  const now = new ApexDatetime(Date.now());
  for (const name of names) if (object.field(name)) row.set(name, now);
}

/** Fill fields that are made of others, such as the Name of a person. */
function compute(row, object) {
  for (const field of object.fields().filter((each) => each.calculatedFrom)) {
    const parts = field.calculatedFrom.map((name) => row.get(name)).filter(Boolean);
    row.set(field.name, parts.join(' '));
  }
}
