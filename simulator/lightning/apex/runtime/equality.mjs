import { ApexList, ApexMap, ApexSet } from '../values/collections.mjs';
import { Decimal } from '../values/decimal.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexObject } from './classes.mjs';
import { invoke } from './invoke.mjs';

const isNumber = (value) => typeof value === 'number' || value instanceof Decimal;

/** `==` of Apex: texts without regard to case, collections and records by content. */
export function equalValues(left, right) {
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (typeof left === 'string' && typeof right === 'string') {
    return left.toLowerCase() === right.toLowerCase();
  }
  if (isNumber(left) && isNumber(right)) return Decimal.of(left).compare(Decimal.of(right)) === 0;
  if (typeof left.ms === 'number' && typeof right.ms === 'number') return left.ms === right.ms;
  return equalObjects(left, right);
}

function equalObjects(left, right) {
  if (left instanceof ApexObject) return equalInstances(left, right);
  if (left instanceof ApexList && right instanceof ApexList) {
    return equalLists(left.items, right.items);
  }
  if (left instanceof ApexSet && right instanceof ApexSet) return equalSets(left, right);
  if (left instanceof ApexMap && right instanceof ApexMap) return equalMaps(left, right);
  if (left instanceof SObject && right instanceof SObject) return equalRecords(left, right);
  return typeof left.identity === 'function' && left.identity() === right.identity?.();
}

function equalInstances(left, right) {
  const [method] = left.class.findMethods('equals', 1);
  return method ? invoke(method, left, [right]) : false;
}

function equalLists(left, right) {
  return left.length === right.length && left.every((each, i) => equalValues(each, right[i]));
}

function equalSets(left, right) {
  return left.size === right.size && [...left].every((each) => right.has(each));
}

function equalMaps(left, right) {
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && equalValues(value, right.get(key)))
  );
}

function equalRecords(left, right) {
  const filled = (record) => record.entries().filter(([, value]) => value !== null);
  return (
    left.typeName === right.typeName &&
    filled(left).length === filled(right).length &&
    filled(left).every(([name, value]) => equalValues(value, right.get(name)))
  );
}
