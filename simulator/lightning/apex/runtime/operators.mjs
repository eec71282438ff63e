import { Decimal } from '../values/decimal.mjs';
import { EnumConstant } from './classes.mjs';
import { equalValues } from './equality.mjs';
import { throwApex, throwNullPointer } from './exceptions.mjs';
import { lacks } from './faults.mjs';
import { textOf } from './text.mjs';

/** A Decimal from its literal. */
export function decimal(text) {
  return Decimal.parse(text);
}

/** The value of a condition; null is no condition. */
export function truth(value) {
  if (value === null) throwNullPointer();
  return value;
}

export function add(left, right) {
  if (typeof left === 'string' || typeof right === 'string') return textOf(left) + textOf(right);
  return arithmetic(left, right, (a, b) => a + b, 'plus');
}

export function subtract(left, right) {
  return arithmetic(left, right, (a, b) => a - b, 'minus');
}

export function multiply(left, right) {
  return arithmetic(left, right, (a, b) => a * b, 'times');
}

/** Whole numbers divide to a whole number, cut towards zero. */
export function divide(left, right) {
  if (right !== null && Number(right) === 0) throwApex('MathException', 'Divide by 0');
  return arithmetic(left, right, (a, b) => Math.trunc(a / b), 'dividedBy');
}

function arithmetic(left, right, onWhole, onDecimal) {
  if (left === null || right === null) throwNullPointer();
  if (typeof left === 'number' && typeof right === 'number') return whole(onWhole(left, right));
  if (!isNumber(left) || !isNumber(right)) {
    return lacks(`arithmetic on ${textOf(left)} and ${textOf(right)}`);
  }
  return Decimal.of(left)[onDecimal](Decimal.of(right));
}

function whole(result) {
  return Number.isSafeInteger(result) ? result : lacks('whole numbers beyond 2^53');
}

function isNumber(value) {
  return typeof value === 'number' || value instanceof Decimal;
}

export function negate(value) {
  if (value === null) throwNullPointer();
  return typeof value === 'number' ? 0 - value : value.negated();
}

export function equal(left, right) {
  return equalValues(left, right);
}

export function different(left, right) {
  return !equalValues(left, right);
}

/** `===`: the same object; simple values are the same when equal, texts with regard to case. */
export function same(left, right) {
  if (left === right) return true;
  return isNumber(left) && isNumber(right) && Decimal.of(left).compare(Decimal.of(right)) === 0;
}

export function notSame(left, right) {
  return !same(left, right);
}

export function less(left, right) {
  return compared(left, right, (order) => order < 0);
}

export function more(left, right) {
  return compared(left, right, (order) => order > 0);
}

export function atMost(left, right) {
  return compared(left, right, (order) => order <= 0);
}

export function atLeast(left, right) {
  return compared(left, right, (order) => order >= 0);
}

function compared(left, right, verdict) {
  if (left === null || right === null) return false;
  return verdict(compareValues(left, right));
}

/** Negative, zero or positive. Texts compare without regard to case. */
export function compareValues(left, right) {
  if (typeof left === 'string') {
    return compareTexts(left.toLowerCase(), String(right).toLowerCase());
  }
  if (isNumber(left) && isNumber(right)) return Decimal.of(left).compare(Decimal.of(right));
  if (typeof left?.ms === 'number' && typeof right?.ms === 'number') return left.ms - right.ms;
  if (left instanceof EnumConstant && right instanceof EnumConstant) {
    return left.ordinal - right.ordinal;
  }
  return lacks(`comparing ${textOf(left)} with ${textOf(right)}`);
}

function compareTexts(left, right) {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function bitAnd(left, right) {
  return typeof left === 'boolean' ? left && right : left & right;
}

export function bitOr(left, right) {
  return typeof left === 'boolean' ? left || right : left | right;
}

export function bitXor(left, right) {
  return typeof left === 'boolean' ? left !== right : left ^ right;
}

export function shiftLeft(left, right) {
  return left << right;
}

export function shiftRight(left, right) {
  return left >> right;
}

/** The first of two values; the second was computed for its effect (`i++`). */
export function first(before) {
  return before;
}
