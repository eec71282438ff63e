import { construct } from '../runtime/construction.mjs';
import { to } from '../runtime/conversion.mjs';
import { throwApex } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { setField } from '../runtime/records.mjs';
import { running } from '../runtime/transaction.mjs';
import { ApexList, ApexMap, ApexSet } from '../values/collections.mjs';
import { ApexBlob } from '../values/blob.mjs';
import { Decimal } from '../values/decimal.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';
import { OBJECT, STRING, typeText } from '../values/types.mjs';

/** JSON.deserializeUntyped: objects become Map<String, Object>, lists List<Object>. */
export function untyped(value) {
  if (Array.isArray(value)) return new ApexList(OBJECT, value.map(untyped));
  if (value === null || typeof value !== 'object' || value instanceof Decimal) return value;
  return new ApexMap(
    STRING,
    OBJECT,
    Object.entries(value).map(([key, each]) => [key, untyped(each)])
  );
}

/** Readers of simple types: answer undefined for a value that is none. */
const SIMPLE = {
  string: (value) => (typeof value === 'object' ? undefined : String(value)),
  id: (value) => (typeof value === 'string' ? to({ key: 'id' }, value) : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  integer: wholeFrom,
  long: wholeFrom,
  decimal: decimalFrom,
  double: decimalFrom,
  datetime: (value) => ApexDatetime.parseIso(value) ?? undefined,
  date: (value) => ApexDate.parseIso(value) ?? undefined,
  blob: (value) =>
    typeof value === 'string' ? new ApexBlob(Buffer.from(value, 'base64')) : undefined
};

function wholeFrom(value) {
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  return typeof value === 'number' ? value : undefined;
}

function decimalFrom(value) {
  if (typeof value === 'boolean' || (typeof value === 'object' && !(value instanceof Decimal))) {
    return undefined;
  }
  return Decimal.of(value) ?? undefined;
}

/**
 * JSON as a declared type. `strict` refuses members the type does not have. `fieldFilter(field)`
 * says which fields of our classes may be filled.
 */
export function typed(value, type, options = {}) {
  if (value === null) return null;
  if (type.key === 'object') return untyped(value);
  const read = SIMPLE[type.key];
  if (read) return read(value) ?? illegal(value, type);
  return readObject(value, type, options) ?? lacks(`JSON as ${typeText(type)}`);
}

function readObject(value, type, options) {
  const { program } = running();
  const own = program.findClass(type.name);
  if (type.key === 'list' || type.key === 'set') return readItems(value, type, options);
  if (type.key === 'map') return readMap(value, type, options);
  if (own?.kind === 'enum') {
    return own.constantsByKey.get(String(value).toLowerCase()) ?? illegal(value, type);
  }
  if (own) return readInstance(value, own, options);
  return program.schema.find(type.name) ? readRecord(value, type, options) : null;
}

function readItems(value, type, options) {
  if (!Array.isArray(value)) return malformed('[', 'list');
  const [elementType] = type.args;
  const items = value.map((each) => typed(each, elementType, options));
  return type.key === 'set' ? new ApexSet(elementType, items) : new ApexList(elementType, items);
}

function isObject(value) {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Decimal);
}

function readMap(value, type, options) {
  if (!isObject(value)) return malformed('{', 'map');
  const [keyType, valueType] = type.args;
  const entries = Object.entries(value).map(([key, each]) => [
    typed(key, keyType),
    typed(each, valueType, options)
  ]);
  return new ApexMap(keyType, valueType, entries);
}

function readInstance(value, type, options) {
  if (!isObject(value)) return malformed('{', 'object');
  const object = construct(type.name, []);
  for (const [name, member] of Object.entries(value)) {
    const field = type.field(name.toLowerCase());
    const isReadable = field && !field.isStatic && (options.fieldFilter?.(field) ?? true);
    if (isReadable) object.values.set(field.key, typed(member, field.type, options));
    else if (options.strict)
      throwApex('JSONException', `No such column '${name}' on object of type ${type.name}`);
  }
  return object;
}

function readRecord(value, type) {
  const record = new SObject(type.name);
  for (const [name, member] of Object.entries(value)) {
    if (name !== 'attributes') setField(record, name, fieldValue(member, type, name));
  }
  return record;
}

/** Types of record fields whose JSON is not yet their Apex value. */
const FIELD_READERS = {
  date: (value) => ApexDate.parseIso(value),
  datetime: (value) => ApexDatetime.parseIso(value)
};

function fieldValue(value, type, name) {
  if (value === null) return null;
  if (isObject(value)) return lacks(`JSON of related records (${type.name}.${name})`);
  const field = running().program.schema.find(type.name).field(name);
  return FIELD_READERS[field?.type]?.(value) ?? value;
}

function illegal(value, type) {
  return throwApex(
    'JSONException',
    `Illegal value for primitive ${typeText(type)}: ${JSON.stringify(value)}`
  );
}

function malformed(bracket, what) {
  return throwApex(
    'JSONException',
    `Malformed JSON: Expected '${bracket}' at the beginning of ${what}`
  );
}
