import { EnumConstant } from '../runtime/classes.mjs';
import { throwApex, throwNullPointer } from '../runtime/exceptions.mjs';
import { compareValues } from '../runtime/operators.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { textOf } from '../runtime/text.mjs';
import { Decimal } from '../values/decimal.mjs';
import { enumType } from './enums.mjs';

const MODES = ['UP', 'DOWN', 'CEILING', 'FLOOR', 'HALF_UP', 'HALF_DOWN', 'HALF_EVEN'];
const asNumber = (value) => (value instanceof Decimal ? value.toNumber() : value);
const fromNumber = (value) => Decimal.parse(String(value));
const modeName = (mode) => (mode instanceof EnumConstant ? mode.name : 'HALF_EVEN');

function wholeFrom(value, typeName) {
  if (value === null) throwNullPointer();
  if (value instanceof Decimal) return Math.trunc(value.toNumber());
  const text = textOf(value).trim();
  if (!/^[+-]?\d+$/.test(text)) throwApex('TypeException', `Invalid ${typeName}: ${text}`);
  return Number(text);
}

function decimalFrom(value, typeName) {
  if (value === null) throwNullPointer();
  const read = typeof value === 'string' ? Decimal.parse(value.trim()) : Decimal.of(value);
  return read ?? throwApex('TypeException', `Invalid ${typeName}: ${value}`);
}

function rounded(value, mode) {
  return Decimal.of(value).withScale(0, modeName(mode)).toNumber();
}

/** Thousands grouped as for a user of the United States. */
function formatted(value) {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 }).format(value.toString());
}

const wholeMethods = {
  'intValue/0': (value) => value,
  'longValue/0': (value) => value,
  'doubleValue/0': (value) => Decimal.of(value).withScale(1),
  'format/0': formatted,
  'abs/0': Math.abs
};

const decimalMethods = {
  'intValue/0': (value) => Math.trunc(value.toNumber()),
  'longValue/0': (value) => Math.trunc(value.toNumber()),
  'doubleValue/0': (value) => value,
  'abs/0': (value) => value.absolute(),
  'scale/0': (value) => value.scale,
  'precision/0': (value) => value.precision(),
  'setScale/1': (value, scale) => value.withScale(scale),
  'setScale/2': (value, scale, mode) => value.withScale(scale, modeName(mode)),
  'round/0': (value) => rounded(value),
  'round/1': rounded,
  'divide/2': (value, divisor, scale) => value.dividedTo(Decimal.of(divisor), scale, 'HALF_EVEN'),
  'divide/3': (value, divisor, scale, mode) =>
    value.dividedTo(Decimal.of(divisor), scale, modeName(mode)),
  'pow/1': (value, power) => fromNumber(value.toNumber() ** power),
  'stripTrailingZeros/0': (value) => value.stripped(),
  'toPlainString/0': (value) => value.toString(),
  'format/0': formatted
};

const larger = (left, right) => (compareValues(left, right) >= 0 ? left : right);
const smaller = (left, right) => (compareValues(left, right) <= 0 ? left : right);
const onDecimal = (work) => (value) => fromNumber(work(asNumber(value)));

const math = {
  'max/2': larger,
  'min/2': smaller,
  'abs/1': (value) => (value instanceof Decimal ? value.absolute() : Math.abs(value)),
  'round/1': (value) => rounded(value),
  'roundToLong/1': (value) => rounded(value),
  'floor/1': (value) => Decimal.of(value).withScale(0, 'FLOOR'),
  'ceil/1': (value) => Decimal.of(value).withScale(0, 'CEILING'),
  'mod/2': (value, divisor) =>
    divisor === 0 ? throwApex('MathException', 'Divide by 0') : value % divisor,
  'pow/2': (base, power) => fromNumber(asNumber(base) ** asNumber(power)),
  'sqrt/1': onDecimal(Math.sqrt),
  'log/1': onDecimal(Math.log),
  'exp/1': onDecimal(Math.exp),
  'random/0': () => fromNumber(Math.random()),
  'signum/1': (value) => fromNumber(Math.sign(asNumber(value)))
};

export const numberTypes = [
  new PlatformType('Integer', {
    holds: 'number',
    statics: { 'valueOf/1': (value) => wholeFrom(value, 'integer') },
    constants: { MAX_VALUE: 2 ** 31 - 1, MIN_VALUE: -(2 ** 31) },
    methods: wholeMethods
  }),
  new PlatformType('Long', {
    statics: { 'valueOf/1': (value) => wholeFrom(value, 'long') }
  }),
  new PlatformType('Decimal', {
    holds: Decimal,
    statics: { 'valueOf/1': (value) => decimalFrom(value, 'decimal') },
    methods: decimalMethods
  }),
  new PlatformType('Double', { statics: { 'valueOf/1': (value) => decimalFrom(value, 'double') } }),
  new PlatformType('Boolean', {
    holds: 'boolean',
    statics: { 'valueOf/1': (value) => textOf(value).toLowerCase() === 'true' }
  }),
  new PlatformType('Math', { statics: math }),
  enumType('RoundingMode', MODES)
];
