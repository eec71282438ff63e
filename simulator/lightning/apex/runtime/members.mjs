import { ApexList } from '../values/collections.mjs';
import { SObject } from '../values/sobject.mjs';
import { typeText } from '../values/types.mjs';
import { ApexObject } from './classes.mjs';
import { onlyRow, to, typeOf } from './conversion.mjs';
import { throwApex, throwNullPointer } from './exceptions.mjs';
import { lacks } from './faults.mjs';
import { framed, invoke } from './invoke.mjs';
import { bestMethod } from './overloads.mjs';
import { getField, setField } from './records.mjs';
import { getStatic, setStatic } from './statics.mjs';
import { running } from './transaction.mjs';

/** `target.name` */
export function get(target, name) {
  if (target === null || target === undefined) throwNullPointer();
  if (target instanceof ApexObject) return getInstanceField(target, name);
  if (target instanceof SObject) return getField(target, name);
  if (target instanceof ApexList && target.fromQuery) return getField(onlyRow(target), name);
  const property = platformTypeOf(target)?.property(name);
  return property ? property(target, name) : lacksMember(target, name);
}

/** `target.a.b`: an empty relationship of a record has only empty fields. */
export function path(target, names) {
  let value = target;
  let isRelated = false;
  for (const name of names) {
    if (value === null && isRelated) return null;
    isRelated = value instanceof SObject || Boolean(value?.fromQuery);
    value = get(value, name);
  }
  return value;
}

function getInstanceField(target, name) {
  const field = instanceField(target, name);
  if (field.isStatic) return getStatic(field.owner.name, name);
  return field.getter ? framed(field, () => field.getter(target)) : target.values.get(field.key);
}

function instanceField(target, name) {
  return target.class.field(name.toLowerCase()) ?? lacksMember(target, name);
}

/** A property's own storage, as its accessors see it. */
export function raw(target, name) {
  return target.values.get(name.toLowerCase());
}

/** `target.name = value` */
export function set(target, name, value) {
  if (target === null) throwNullPointer();
  if (target instanceof SObject) return setField(target, name, value);
  if (!(target instanceof ApexObject)) return setPlatformProperty(target, name, value);
  const field = instanceField(target, name);
  if (field.isStatic) return setStatic(field.owner.name, name, value);
  if (!field.setter) return setRaw(target, name, value);
  framed(field, () => field.setter(target, to(field.type, value)));
  return value;
}

function setPlatformProperty(target, name, value) {
  const assign = platformTypeOf(target)?.assignable.get(name.toLowerCase());
  return assign ? assign(target, value) : lacksMember(target, name);
}

export function setRaw(target, name, value) {
  const field = instanceField(target, name);
  const stored = to(field.type, value);
  target.values.set(field.key, stored);
  return stored;
}

export function update(target, name, change, answersOld) {
  const old = get(target, name);
  const changed = set(target, name, change(old));
  return answersOld ? old : changed;
}

export function updateRaw(target, name, change, answersOld) {
  const old = raw(target, name);
  const changed = setRaw(target, name, change(old));
  return answersOld ? old : changed;
}

/** `list[position]` */
export function index(list, position) {
  if (list === null) throwNullPointer();
  return list.items[checked(list, position)];
}

export function setIndex(list, position, value) {
  if (list === null) throwNullPointer();
  const stored = to(list.elementType, value);
  list.items[checked(list, position)] = stored;
  return stored;
}

export function updateIndex(list, position, change, answersOld) {
  const old = index(list, position);
  const changed = setIndex(list, position, change(old));
  return answersOld ? old : changed;
}

function checked({ items }, position) {
  if (position === null) throwNullPointer();
  if (position < 0 || position >= items.length) {
    throwApex('ListException', `List index out of bounds: ${position}`);
  }
  return position;
}

/** `target?.rest` */
export function safely(target, rest) {
  return target === null ? null : rest(target);
}

/** `target.name(args)` */
export function call(target, name, args) {
  if (target === null || target === undefined) throwNullPointer();
  if (!(target instanceof ApexObject)) return callPlatformMethod(target, name, args);
  const methods = target.class.findMethods(name.toLowerCase(), args.length);
  if (!methods.length) return callPlatformMethod(target, name, args);
  return invoke(bestMethod(methods, args, memberText(target, name, args)), target, args);
}

/** `super.name(args)` */
export function callSuper(self, typeName, name, args) {
  const { superclass } = running().program.findClass(typeName);
  const methods = superclass?.findMethods(name.toLowerCase(), args.length) ?? [];
  if (!methods.length) return callPlatformMethod(self, name, args);
  return invoke(bestMethod(methods, args, `super.${name}/${args.length}`), self, args);
}

function callPlatformMethod(target, name, args) {
  const { platform } = running().program;
  const method =
    platformTypeOf(target)?.method(name, args.length) ??
    platform.find('Object').method(name, args.length);
  return method ? method(target, ...args) : lacks(memberText(target, name, args));
}

function platformTypeOf(value) {
  return running().program.platform.typeOf(value);
}

function lacksMember(target, name) {
  return lacks(`${typeText(typeOf(target))}.${name}`);
}

function memberText(target, name, args) {
  return `${typeText(typeOf(target))}.${name}/${args.length}`;
}

/** `String.join(parts, ', ')`; the compiler has seen that the member exists. */
export function callPlatform(typeName, name, args) {
  return running().program.platform.find(typeName).staticMember(name, args.length)(...args);
}

/** `AccessLevel.USER_MODE` */
export function platformConstant(typeName, name) {
  const constant = running().program.platform.find(typeName).constants.get(name.toLowerCase());
  return typeof constant === 'function' ? constant() : constant;
}

/** What `for (x : values)` walks over; the list may change meanwhile only by assignment. */
export function each(values) {
  if (values === null) throwNullPointer();
  if (typeof values[Symbol.iterator] !== 'function') {
    return lacks(`loops over ${typeText(typeOf(values))}`);
  }
  return [...values];
}
