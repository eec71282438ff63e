import { identityKey } from './identity.mjs';

/** An Apex List; `fromQuery` marks the answer of a query, which also stands for its only row. */
export class ApexList {
  constructor(elementType, items = [], { fromQuery = false } = {}) {
    this.elementType = elementType;
    this.items = items;
    this.fromQuery = fromQuery;
  }

  [Symbol.iterator]() {
    return this.items[Symbol.iterator]();
  }
}

/** An Apex Set: equal values once, in the order of their arrival. */
export class ApexSet {
  constructor(elementType, items = []) {
    this.elementType = elementType;
    this.byKey = new Map();
    for (const item of items) this.add(item);
  }

  /** Add a value; true when it was not there before. */
  add(value) {
    const key = identityKey(value);
    if (this.byKey.has(key)) return false;
    this.byKey.set(key, value);
    return true;
  }

  has(value) {
    return this.byKey.has(identityKey(value));
  }

  remove(value) {
    return this.byKey.delete(identityKey(value));
  }

  get size() {
    return this.byKey.size;
  }

  [Symbol.iterator]() {
    return this.byKey.values();
  }
}

/** An Apex Map: keys equal by value, in the order of their arrival. */
export class ApexMap {
  constructor(keyType, valueType, entries = []) {
    this.keyType = keyType;
    this.valueType = valueType;
    this.byKey = new Map();
    for (const [key, value] of entries) this.put(key, value);
  }

  /** Store a value; answers what the key held before, or null. */
  put(key, value) {
    const before = this.get(key);
    this.byKey.set(identityKey(key), [key, value]);
    return before;
  }

  get(key) {
    return this.byKey.get(identityKey(key))?.[1] ?? null;
  }

  has(key) {
    return this.byKey.has(identityKey(key));
  }

  remove(key) {
    const before = this.get(key);
    this.byKey.delete(identityKey(key));
    return before;
  }

  get size() {
    return this.byKey.size;
  }

  keys() {
    return [...this.byKey.values()].map(([key]) => key);
  }

  values() {
    return [...this.byKey.values()].map(([, value]) => value);
  }

  /** The [key, value] pairs. */
  [Symbol.iterator]() {
    return this.byKey.values();
  }
}
