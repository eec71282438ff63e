import { throwNullPointer } from './exceptions.mjs';

/**
 * A type that the platform brings. Members are written as `'substring/2': (text, from, to) => ...`;
 * methods get the receiver first. Names are found without regard to case.
 * `holds` is the JavaScript class (or typeof name) of its values; `builtIn` the class that Apex
 * classes may extend; types without either are names only, such as interfaces. A property `*` answers
 * for every name.
 */
export class PlatformType {
  constructor(name, members = {}) {
    const { holds, builtIn, constructors, statics, constants, methods, properties, assignable } =
      members;
    Object.assign(this, { name, holds, builtIn });
    this.constructorsByCount = new Map(Object.entries(constructors ?? {}));
    this.statics = byKey(statics);
    this.constants = byKey(constants);
    this.methods = byKey(methods);
    this.properties = byKey(properties);
    this.assignable = byKey(assignable);
  }

  hasStatic(name, count) {
    return this.statics.has(memberKey(name, count));
  }

  hasConstant(name) {
    return this.constants.has(name.toLowerCase());
  }

  hasConstructor(count) {
    return this.constructorsByCount.has(String(count));
  }

  staticMember(name, count) {
    return this.statics.get(memberKey(name, count));
  }

  method(name, count) {
    return this.methods.get(memberKey(name, count)) ?? null;
  }

  property(name) {
    return this.properties.get(name.toLowerCase()) ?? this.properties.get('*') ?? null;
  }
}

/** A member that answers nothing. */
export function silent(work) {
  return (...args) => {
    work(...args);
    return null;
  };
}

/** Members that answer a null argument with a NullPointerException, as the platform's do. */
export function refusingNull(members) {
  const guarded =
    (member) =>
    (...args) => {
      if (args.includes(null)) throwNullPointer();
      return member(...args);
    };
  return Object.fromEntries(Object.entries(members).map(([name, each]) => [name, guarded(each)]));
}

function byKey(members = {}) {
  return new Map(Object.entries(members).map(([name, member]) => [name.toLowerCase(), member]));
}

function memberKey(name, count) {
  return `${name.toLowerCase()}/${count}`;
}

/** All platform types, found by Apex name (`System.` and `Schema.` may be left out) or by value. */
export class PlatformRegistry {
  constructor(types) {
    this.byName = new Map(types.map((type) => [type.name.toLowerCase(), type]));
    this.byHolder = new Map(types.filter((type) => type.holds).map((type) => [type.holds, type]));
  }

  find(name) {
    const key = name.toLowerCase();
    return this.byName.get(key) ?? this.byName.get(key.replace(/^(system|schema)\./, '')) ?? null;
  }

  /** The type of a JavaScript value that stands for an Apex value, or null. */
  typeOf(value) {
    if (typeof value !== 'object') return this.byHolder.get(typeof value) ?? null;
    for (let made = value.constructor; made; made = Object.getPrototypeOf(made)) {
      if (this.byHolder.has(made)) return this.byHolder.get(made);
    }
    return null;
  }
}
