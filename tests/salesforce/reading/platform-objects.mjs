/** Standard objects of the platform at API 65, from the type stubs that apex-ls brings along. */
import path from 'node:path';
import { jarFolder } from './java.mjs';
import { fieldsOfClass, Jar } from './jar.mjs';

const STUBS = 'sobject-types-65.0.0.jar';
const PACKAGE = 'com/nawforce/runforce/SObjects/';
/** Objects of the platform that the stubs leave out; their fields are not known here. */
const NOT_STUBBED = new Set(['userexternalcredential']);
/** Members of every stub that are no fields. */
const NOT_FIELDS = new Set(['SObjectType', 'Fields']);

/**
 * One standard object. `parents` and `children` lead from a relationship's name to the objects at
 * its other end; all keys are in lower case.
 * @typedef {{ name: string, fields: Set<string>, parents: Map<string, string[]>,
 *   children: Map<string, string> }} ObjectModel
 */

let jar;
const classNames = new Map();

/** The model of a standard object, or undefined. @returns {ObjectModel | undefined} */
export function platformObject(name) {
  if (NOT_STUBBED.has(name.toLowerCase())) return emptyModel(name);
  openStubs();
  const entry = classNames.get(name.toLowerCase());
  return entry && objectModel(path.posix.basename(entry, '.class'), jar.content(entry));
}

function openStubs() {
  if (jar) return;
  jar = new Jar(path.join(jarFolder(), STUBS));
  for (const entry of jar.names.filter((one) => /^[^$]+\.class$/.test(one))) {
    if (entry.startsWith(PACKAGE)) classNames.set(objectKey(entry), entry);
  }
}

function objectKey(entry) {
  return path.posix.basename(entry, '.class').toLowerCase();
}

function emptyModel(name) {
  return { name, fields: new Set(), parents: new Map(), children: new Map() };
}

function objectModel(name, bytes) {
  const model = emptyModel(name);
  for (const field of fieldsOfClass(bytes)) {
    if (!NOT_FIELDS.has(field.name)) place(field, model);
  }
  return model;
}

/** A member typed with an object is a relationship, with an array a child one, else a field. */
function place({ name, type }, { fields, parents, children }) {
  const key = name.toLowerCase();
  const target = type.startsWith(`[L${PACKAGE}`) || type.startsWith(`L${PACKAGE}`);
  const object = target && type.slice(type.indexOf(PACKAGE) + PACKAGE.length, -1);
  if (type.startsWith('[')) children.set(key, object);
  else if (object && object !== 'Address') parents.set(key, [object]);
  else fields.add(key);
}
