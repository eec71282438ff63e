import { to } from './conversion.mjs';
import { lacks } from './faults.mjs';
import { framed, invoke } from './invoke.mjs';
import { bestMethod } from './overloads.mjs';
import { running } from './transaction.mjs';
import { ApexList } from '../values/collections.mjs';
import { throwApex } from './exceptions.mjs';

/** The static variables of a class in this transaction; the first use runs its static set-up. */
function staticsOf(type) {
  const { staticsByClass } = running();
  if (!staticsByClass.has(type.key)) {
    staticsByClass.set(type.key, new Map());
    setUp(type, true, (field, value) => staticsByClass.get(type.key).set(field.key, value));
  }
  return staticsByClass.get(type.key);
}

/** Give the fields of a class their first values and run its blocks, in the order of the source. */
export function setUp(type, isStatic, store, self = null) {
  const fields = [...type.fieldsByKey.values()].filter((field) => field.isStatic === isStatic);
  for (const field of fields) store(field, null);
  const valued = fields.filter((field) => field.value);
  const blocks = type.setup.filter((each) => each.isStatic === isStatic);
  for (const step of [...valued, ...blocks].sort((a, b) => a.line - b.line)) {
    const value = framed(step, () => (step.value ?? step.body)(self));
    if (step.value) store(step, to(step.type, value));
  }
}

function classNamed(name) {
  return running().program.findClass(name);
}

/** The static field and the class that declares it. */
function staticField(typeName, name) {
  const field = classNamed(typeName).field(name.toLowerCase());
  return field?.isStatic ? field : lacks(`${typeName}.${name}`);
}

export function getStatic(typeName, name) {
  const type = classNamed(typeName);
  const constant = type.constantsByKey.get(name.toLowerCase());
  if (constant) return constant;
  const field = staticField(typeName, name);
  return field.getter
    ? framed(field, () => field.getter(null))
    : staticsOf(field.owner).get(field.key);
}

export function rawStatic(typeName, name) {
  const field = staticField(typeName, name);
  return staticsOf(field.owner).get(field.key);
}

export function setStatic(typeName, name, value) {
  const field = staticField(typeName, name);
  if (!field.setter) return setRawStatic(typeName, name, value);
  framed(field, () => field.setter(null, to(field.type, value)));
  return value;
}

export function setRawStatic(typeName, name, value) {
  const field = staticField(typeName, name);
  const stored = to(field.type, value);
  staticsOf(field.owner).set(field.key, stored);
  return stored;
}

export function updateStatic(typeName, name, change, answersOld) {
  const old = getStatic(typeName, name);
  const changed = setStatic(typeName, name, change(old));
  return answersOld ? old : changed;
}

export function updateRawStatic(typeName, name, change, answersOld) {
  const old = rawStatic(typeName, name);
  const changed = setRawStatic(typeName, name, change(old));
  return answersOld ? old : changed;
}

/** `PersonalizationClient.send(request)` */
export function callStatic(typeName, name, args) {
  const type = classNamed(typeName);
  if (type.kind === 'enum') return callEnum(type, name.toLowerCase(), args);
  staticsOf(type);
  const methods = type.findMethods(name.toLowerCase(), args.length).filter((each) => each.isStatic);
  return invoke(bestMethod(methods, args, `${typeName}.${name}/${args.length}`), null, args);
}

function callEnum(type, key, args) {
  const constants = [...type.constantsByKey.values()];
  if (key === 'values') return new ApexList(type.type, constants);
  const found = type.constantsByKey.get(String(args[0]).toLowerCase());
  return found ?? throwApex('IllegalArgumentException', `No enum constant ${type.name}.${args[0]}`);
}

/** A method called by its name alone: of this object, else a static one of the class. */
export function callOwn(self, typeName, name, args) {
  const type = self?.class ?? classNamed(typeName);
  const what = `${typeName}.${name}/${args.length}`;
  const methods = type.findMethods(name.toLowerCase(), args.length);
  if (!methods.length) return lacks(what);
  const method = bestMethod(methods, args, what);
  if (method.isStatic) staticsOf(method.owner);
  return invoke(method, method.isStatic ? null : self, args);
}
