import { ApexList, ApexMap, ApexSet } from '../values/collections.mjs';
import { OBJECT } from '../values/types.mjs';
import { ApexException, ApexObject, TypeValue } from './classes.mjs';
import { to } from './conversion.mjs';
import { EXCEPTION, throwNullPointer } from './exceptions.mjs';
import { ApexThrow, lacks } from './faults.mjs';
import { invoke } from './invoke.mjs';
import { bestMethod, suits } from './overloads.mjs';
import { setUp } from './statics.mjs';
import { running } from './transaction.mjs';

/** `new PersonalizationClient(5000)` */
export function construct(typeName, args) {
  const type = running().program.findClass(typeName);
  const isException = type.lineage().includes(EXCEPTION);
  const object = isException ? new ApexException(type) : new ApexObject(type);
  for (const each of type.lineage().toReversed()) {
    setUp(each, false, (field, value) => object.values.set(field.key, value), object);
  }
  initialize(object, typeName, args);
  return object;
}

/** Run the constructor of one class on an object: `this(...)`. */
export function initialize(self, typeName, args) {
  const type = running().program.findClass(typeName);
  const suited = constructorsFor(type, self, args);
  if (suited.length) return runConstructor(self, type, bestMethod(suited, args, typeName), args);
  if (self instanceof ApexException && args.length <= 2) return initializeException(self, args);
  if (!type.allConstructors.length) return initializeByDefault(self, type, args);
  return lacks(`a constructor ${typeName}/${args.length}`);
}

/** An exception's own constructors must suit the values, as it has its usual ones beside them. */
function constructorsFor(type, self, args) {
  const found = type.allConstructors.filter((each) => each.parameters.length === args.length);
  return self instanceof ApexException ? found.filter((each) => suits(each, args)) : found;
}

function runConstructor(self, type, constructor, args) {
  if (!constructor.delegates) initializeByDefault(self, type, []);
  return invoke(constructor, self, args);
}

/** What a constructor starts with that calls no other: the superclass's without arguments. */
function initializeByDefault(self, type, args) {
  const { superclass } = type;
  if (superclass && !superclass.isBuiltIn) return initialize(self, superclass.name, args);
  return args.length ? lacks(`a constructor ${type.name}/${args.length}`) : null;
}

/** `super(...)` */
export function initializeSuper(self, typeName, args) {
  const { superclass } = running().program.findClass(typeName);
  if (superclass && !superclass.isBuiltIn) return initialize(self, superclass.name, args);
  return self instanceof ApexException ? initializeException(self, args) : null;
}

/** The constructors of every exception: (), (message), (cause), (message, cause). */
export function initializeException(self, args) {
  for (const value of args) {
    if (value instanceof ApexException) self.cause = value;
    else self.message = value;
  }
  return null;
}

/** `new HttpRequest()`; collections get the type they were made for. */
export function constructPlatform(type, args) {
  const platformType = running().program.platform.find(type.name);
  return platformType.constructorsByCount.get(String(args.length))(...args, type);
}

/** `new List<String>{...}` and `new Set<String>{...}` */
export function collection(type, items) {
  const [elementType = OBJECT] = type.args;
  if (type.key === 'map') return new ApexMap(type.args[0], type.args[1]);
  const stored = items.map((item) => to(elementType, item));
  return type.key === 'set' ? new ApexSet(elementType, stored) : new ApexList(elementType, stored);
}

/** `new Map<String, Integer>{'a' => 1}` */
export function mapOf(type, entries) {
  const [keyType, valueType] = type.args;
  const stored = entries.map(([key, value]) => [to(keyType, key), to(valueType, value)]);
  return new ApexMap(keyType, valueType, stored);
}

/** `new String[3]` */
export function emptyArray(type, size) {
  if (size === null) throwNullPointer();
  return new ApexList(type.args[0], Array(size).fill(null));
}

/** `PersonalizationClient.class` */
export function typeValue(type) {
  return new TypeValue(type);
}

/** What `throw` throws. */
export function thrown(exception) {
  if (exception === null) throwNullPointer();
  return running().traced(new ApexThrow(exception));
}

/**
 * The Apex exception that a catch block may look at. What is none passes through, and so does a
 * LimitException, which Apex cannot catch.
 */
export function caught(error) {
  running().traced(error);
  const isLimit = error instanceof ApexThrow && error.exception.class.key === 'limitexception';
  if (!(error instanceof ApexThrow) || isLimit) throw error;
  return error.exception;
}

/** Whether a value is the enum constant of a name, as in `switch on`. */
export function isConstant(value, name) {
  return value?.name?.toLowerCase() === name.toLowerCase();
}
