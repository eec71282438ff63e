import { lacks } from '../runtime/faults.mjs';
import { ApexException, ApexObject, EnumConstant, TypeValue } from '../runtime/classes.mjs';
import { get } from '../runtime/members.mjs';
import { textOf } from '../runtime/text.mjs';
import { typeOf } from '../runtime/conversion.mjs';
import { ApexBlob } from '../values/blob.mjs';
import { ApexList, ApexMap, ApexSet } from '../values/collections.mjs';
import { Decimal } from '../values/decimal.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';
import { typeText } from '../values/types.mjs';

/** JSON.serialize: fields in the order of the source, without static and transient ones. */
export function writeJson(value, { suppressNulls = false, pretty = false } = {}) {
  const text = write(value, { suppressNulls, membersOf: serializableMembers });
  return pretty ? JSON.stringify(JSON.parse(text), null, 2) : text;
}

/**
 * JSON text of a value. `membersOf(object)` answers the [name, value] pairs of an instance;
 * numbers are written as they print, so that a Decimal keeps its places.
 */
export function write(value, options) {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value instanceof Decimal) return value.toString();
  if (value instanceof ApexList || value instanceof ApexSet) return writeItems(value, options);
  if (value instanceof ApexMap) return writeMembers(mapMembers(value), options, false);
  if (value instanceof SObject) return writeMembers(recordMembers(value), options, true);
  if (value instanceof ApexException) return lacks(`JSON of exceptions (${value.class.name})`);
  if (value instanceof ApexObject) return writeMembers(options.membersOf(value), options, true);
  return JSON.stringify(simpleText(value));
}

function simpleText(value) {
  if (value instanceof ApexDatetime) return value.toIso();
  if (value instanceof ApexDate) return value.toString();
  if (value instanceof EnumConstant) return value.name;
  if (value instanceof ApexBlob) return value.bytes.toString('base64');
  if (value instanceof TypeValue) return typeText(value.type);
  return lacks(`JSON of ${typeText(typeOf(value))}`);
}

function writeItems(items, options) {
  return `[${[...items].map((each) => write(each, options)).join(',')}]`;
}

/** An object; null members may be left out, but never those of a map. */
function writeMembers(members, options, maySuppress) {
  const kept = members.filter(
    ([, value]) => !(maySuppress && options.suppressNulls && value === null)
  );
  return `{${kept.map(([name, value]) => `${JSON.stringify(name)}:${write(value, options)}`).join(',')}}`;
}

function mapMembers(map) {
  return [...map].map(([key, value]) => [textOf(key), value]);
}

function recordMembers(record) {
  return [['attributes', recordAttributes(record)], ...record.entries()];
}

function recordAttributes(record) {
  const id = record.get('Id');
  const url = `/services/data/v65.0/sobjects/${record.typeName}/${id}`;
  const pairs = [['type', record.typeName], ...(id ? [['url', url]] : [])];
  return new ApexMap(null, null, pairs);
}

function serializableMembers(object) {
  return instanceFields(object)
    .filter((field) => !field.modifiers.includes('transient'))
    .map((field) => [field.name, get(object, field.name)]);
}

/** The instance fields of an object, those of its superclasses first. */
export function instanceFields(object) {
  return object.class
    .lineage()
    .toReversed()
    .flatMap((type) => [...type.fieldsByKey.values()])
    .filter((field) => !field.isStatic);
}
