import { ApexList, ApexMap, ApexSet } from '../values/collections.mjs';
import { Decimal } from '../values/decimal.mjs';
import { isId, longId } from '../values/ids.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';
import { typeText } from '../values/types.mjs';
import { ApexObject, EnumConstant, TypeValue } from './classes.mjs';
import { throwApex } from './exceptions.mjs';
import { running } from './transaction.mjs';

/** What happens to a value when it is stored under a declared type, by the type's key. */
const CONVERSIONS = {
  decimal: (value) => (typeof value === 'number' ? Decimal.of(value) : value),
  double: (value) => (typeof value === 'number' ? Decimal.of(value).withScale(1) : value),
  integer: wholeNumber,
  long: wholeNumber,
  id: idOf,
  datetime: (value) => (value instanceof ApexDate ? new ApexDatetime(value.ms) : value)
};

/** Store a value under a declared type: the implicit conversions of Apex. */
export function to(type, value) {
  if (value === null || value === undefined) return null;
  const convert = CONVERSIONS[type.key];
  if (convert) return convert(value);
  return value instanceof ApexList && value.fromQuery ? rowsAs(type, value) : value;
}

function wholeNumber(value) {
  if (value instanceof Decimal) {
    throwApex('TypeException', 'Illegal assignment from Decimal to Integer');
  }
  return value;
}

function idOf(value) {
  if (typeof value !== 'string') return value;
  if (!isId(value)) throwApex('StringException', `Invalid id: ${value}`);
  return longId(value);
}

/** The answer of a query: a list stays one, anything else is its only row. */
function rowsAs(type, list) {
  if (['list', 'object', 'iterable'].includes(type.key)) return list;
  return onlyRow(list);
}

/** The single row of a query's answer. */
export function onlyRow({ items }) {
  if (items.length === 0) throwApex('QueryException', 'List has no rows for assignment to SObject');
  if (items.length > 1) {
    throwApex('QueryException', 'List has more than 1 row for assignment to SObject');
  }
  return items[0];
}

/** `(Type) value` */
export function cast(type, value) {
  if (value === null) return null;
  const widened = ['decimal', 'double', 'id', 'datetime'].includes(type.key)
    ? to(type, value)
    : value;
  if (isA(widened, type)) return widened;
  if (value instanceof ApexList && value.fromQuery) return to(type, value);
  return throwApex(
    'TypeException',
    `Invalid conversion from runtime type ${typeText(typeOf(value))} to ${typeText(type)}`
  );
}

/** `value instanceof Type`; null is nothing's instance. */
export function isA(value, type) {
  if (value === null || value === undefined) return false;
  if (type.key === 'object') return true;
  if (value instanceof ApexObject) return value.class.isSubtypeOf(type.key);
  if (typeof value === 'string') return type.key === 'string' || (type.key === 'id' && isId(value));
  return isPlatformValue(typeOf(value), type);
}

/** Types that are also known by other names. */
const ALSO = {
  integer: ['long'],
  decimal: ['double'],
  list: ['iterable'],
  set: ['iterable']
};

function isPlatformValue(actual, wanted) {
  if (actual.isRecord && wanted.key === 'sobject') return true;
  const named = actual.key === wanted.key || ALSO[actual.key]?.includes(wanted.key);
  return Boolean(named) && actual.args.every((each, i) => fits(each, wanted.args[i]));
}

/** Whether a collection made for `actual` elements may be seen as one of `wanted` elements. */
function fits(actual, wanted) {
  if (!wanted || actual.key === wanted.key || wanted.key === 'object') return true;
  const isPair = (key, other) => actual.key === key && wanted.key === other;
  if (isPair('id', 'string') || isPair('string', 'id')) return true;
  const { program } = running();
  if (actual.key === 'sobject' || wanted.key === 'sobject') {
    return Boolean(program.schema.find(wanted.name)) || wanted.key === 'sobject';
  }
  const own = program.findClass(actual.name);
  return own
    ? own.isSubtypeOf(wanted.key) || Boolean(program.findClass(wanted.name)?.isSubtypeOf(own.key))
    : false;
}

const SIMPLE = { string: 'String', boolean: 'Boolean', number: 'Integer' };

/** The run-time type of a value. */
export function typeOf(value) {
  const named = (name, ...args) => ({ name, key: name.toLowerCase(), args });
  if (typeof value !== 'object') return named(SIMPLE[typeof value]);
  if (value instanceof ApexObject) return value.class.type;
  if (value instanceof EnumConstant) return value.type;
  if (value instanceof SObject) return { ...named(value.typeName), isRecord: true };
  if (value instanceof ApexList) return named('List', value.elementType);
  if (value instanceof ApexSet) return named('Set', value.elementType);
  if (value instanceof ApexMap) return named('Map', value.keyType, value.valueType);
  if (value instanceof TypeValue) return named('Type');
  return named(running().program.platform.typeOf(value)?.name ?? value.constructor.name);
}
