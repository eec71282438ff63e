import { collection } from '../runtime/construction.mjs';
import { to } from '../runtime/conversion.mjs';
import { equalValues } from '../runtime/equality.mjs';
import { throwApex, throwNullPointer } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { call, index, setIndex } from '../runtime/members.mjs';
import { compareValues } from '../runtime/operators.mjs';
import { PlatformType, silent } from '../runtime/platform-types.mjs';
import { ApexObject } from '../runtime/classes.mjs';
import { ApexList, ApexMap, ApexSet } from '../values/collections.mjs';
import { SObject } from '../values/sobject.mjs';
import { OBJECT } from '../values/types.mjs';

/** Walks over a collection for `Iterator` and `Iterable`. */
class ApexIterator {
  constructor(items) {
    this.items = items;
    this.next = 0;
  }
}

function itemsOf(values) {
  return values === null ? throwNullPointer() : [...values];
}

function addTo(list, item) {
  list.items.push(to(list.elementType, item));
  return null;
}

function insertInto(list, position, item) {
  if (position < 0 || position > list.items.length) {
    throwApex('ListException', `List index out of bounds: ${position}`);
  }
  list.items.splice(position, 0, to(list.elementType, item));
  return null;
}

function removeFrom(list, position) {
  const removed = index(list, position);
  list.items.splice(position, 1);
  return removed;
}

/** Order by value, by the elements' own compareTo, or by a Comparator; nulls come first. */
function sort(list, compare = compareItems) {
  list.items.sort((a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
    return compare(a, b);
  });
  return null;
}

function compareItems(a, b) {
  if (a instanceof ApexObject) return call(a, 'compareTo', [b]);
  return a instanceof SObject ? lacks('sorting records without a Comparator') : compareValues(a, b);
}

const listMethods = {
  'add/1': addTo,
  'add/2': insertInto,
  'addAll/1': silent((list, items) => itemsOf(items).forEach((item) => addTo(list, item))),
  'get/1': index,
  'set/2': silent(setIndex),
  'remove/1': removeFrom,
  'size/0': (list) => list.items.length,
  'isEmpty/0': (list) => list.items.length === 0,
  'contains/1': (list, item) => list.items.some((each) => equalValues(each, item)),
  'indexOf/1': (list, item) => list.items.findIndex((each) => equalValues(each, item)),
  'clear/0': silent((list) => list.items.splice(0)),
  'clone/0': (list) => new ApexList(list.elementType, [...list.items]),
  'deepClone/0': (list) =>
    new ApexList(
      list.elementType,
      list.items.map((each) => each.clone())
    ),
  'sort/0': (list) => sort(list),
  'sort/1': (list, comparator) => sort(list, (a, b) => call(comparator, 'compare', [a, b])),
  'iterator/0': (list) => new ApexIterator([...list.items]),
  'getSObjectType/0': (list) =>
    list.items.length ? call(list.items[0], 'getSObjectType', []) : null
};

const setMethods = {
  'add/1': (set, item) => set.add(to(set.elementType, item)),
  'addAll/1': (set, items) =>
    itemsOf(items).filter((item) => set.add(to(set.elementType, item))).length > 0,
  'contains/1': (set, item) => set.has(item),
  'containsAll/1': (set, items) => itemsOf(items).every((item) => set.has(item)),
  'remove/1': (set, item) => set.remove(item),
  'removeAll/1': (set, items) => itemsOf(items).filter((item) => set.remove(item)).length > 0,
  'retainAll/1': (set, items) => retain(set, itemsOf(items)),
  'size/0': (set) => set.size,
  'isEmpty/0': (set) => set.size === 0,
  'clear/0': silent((set) => set.byKey.clear()),
  'clone/0': (set) => new ApexSet(set.elementType, [...set]),
  'iterator/0': (set) => new ApexIterator([...set])
};

function retain(set, kept) {
  const wanted = new ApexSet(set.elementType, kept);
  return [...set].filter((item) => !wanted.has(item) && set.remove(item)).length > 0;
}

const mapMethods = {
  'put/2': (map, key, value) => map.put(to(map.keyType, key), to(map.valueType, value)),
  'putAll/1': (map, other) => putAll(map, other),
  'get/1': (map, key) => map.get(key),
  'containsKey/1': (map, key) => map.has(key),
  'remove/1': (map, key) => map.remove(key),
  'keySet/0': (map) => new ApexSet(map.keyType, map.keys()),
  'values/0': (map) => new ApexList(map.valueType, map.values()),
  'size/0': (map) => map.size,
  'isEmpty/0': (map) => map.size === 0,
  'clear/0': silent((map) => map.byKey.clear()),
  'clone/0': (map) => new ApexMap(map.keyType, map.valueType, [...map])
};

/** Take over the entries of another map, or records under their ids. */
function putAll(map, other) {
  const isMap = other instanceof ApexMap;
  for (const [key, value] of isMap ? other : itemsOf(other).map((each) => [each.get('Id'), each])) {
    map.put(to(map.keyType, key), to(map.valueType, value));
  }
  return null;
}

function newMap(source, type) {
  const map = new ApexMap(...(type.args.length ? type.args : [OBJECT, OBJECT]));
  if (source) putAll(map, source);
  return map;
}

/** `new List<String>(other)` or `new List<String>(3)` */
function newList(source, type) {
  if (typeof source === 'number') return new ApexList(type.args[0], Array(source).fill(null));
  return collection(type, itemsOf(source));
}

export const collectionTypes = [
  new PlatformType('List', {
    holds: ApexList,
    constructors: { 0: (type) => collection(type, []), 1: newList },
    methods: listMethods
  }),
  new PlatformType('Set', {
    holds: ApexSet,
    constructors: { 0: (type) => collection(type, []), 1: newList },
    methods: setMethods
  }),
  new PlatformType('Map', {
    holds: ApexMap,
    constructors: { 0: (type) => newMap(null, type), 1: newMap },
    methods: mapMethods
  }),
  new PlatformType('Iterator', {
    holds: ApexIterator,
    methods: {
      'hasNext/0': (iterator) => iterator.next < iterator.items.length,
      'next/0': (iterator) => iterator.items[iterator.next++]
    }
  }),
  new PlatformType('Iterable'),
  new PlatformType('Comparable'),
  new PlatformType('Comparator')
];
