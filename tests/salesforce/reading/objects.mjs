/** What objects and fields there are: the platform's and our own. Names compare without case. */
import path from 'node:path';
import { platformObject } from './platform-objects.mjs';

/** Fields that every custom object and custom metadata type has without saying so. */
const EVERY_CUSTOM_OBJECT = [
  'Id',
  'Name',
  'OwnerId',
  'IsDeleted',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
  'SystemModstamp'
];
const EVERY_METADATA_TYPE = [
  'Id',
  'DeveloperName',
  'MasterLabel',
  'Label',
  'Language',
  'NamespacePrefix',
  'QualifiedApiName',
  'SystemModstamp'
];

/** Standard and custom objects with their fields and the relationships that lead away from them. */
export class Objects {
  #objects = new Map();

  /** @param {import('./project.mjs').Project} project */
  constructor(project) {
    for (const { file, root } of project.documents('.object-meta.xml')) this.#declare(file, root);
    for (const { file, root } of project.documents('.field-meta.xml')) {
      this.#addField(objectOf(file), root);
    }
  }

  /** Is it a standard object of the platform or declared in our metadata? */
  has(object) {
    return this.#get(object) !== undefined;
  }

  hasField(object, field) {
    return this.#get(object)?.fields.has(field.toLowerCase()) ?? false;
  }

  /** Objects that `relationship` (`Account`, `Owner`, `Parent__r`) leads to; undefined if none. */
  related(object, relationship) {
    return this.#get(object)?.parents.get(relationship.toLowerCase());
  }

  /** Object behind a child relationship (`Contacts`, `Visits__r`), or undefined. */
  child(object, relationship) {
    return this.#get(object)?.children.get(relationship.toLowerCase());
  }

  /** @returns {import('./platform-objects.mjs').ObjectModel | undefined} */
  #get(name) {
    const key = name.toLowerCase();
    if (!this.#objects.has(key)) this.#objects.set(key, platformObject(name));
    return this.#objects.get(key);
  }

  #declare(file, root) {
    const name = path.posix.basename(file, '.object-meta.xml');
    this.#declared(name);
    for (const field of root.all('fields')) this.#addField(name, field);
  }

  /** The model of an object that our metadata adds to, made when it is new. */
  #declared(name) {
    if (!this.has(name)) {
      const fields = new Set(impliedFields(name).map((field) => field.toLowerCase()));
      const model = { name, fields, parents: new Map(), children: new Map() };
      this.#objects.set(name.toLowerCase(), model);
    }
    return this.#get(name);
  }

  #addField(objectName, field) {
    const name = field.value('fullName');
    if (!name) return;
    const object = this.#declared(objectName);
    object.fields.add(name.toLowerCase());
    const target = field.value('referenceTo');
    if (!target) return;
    object.parents.set(name.replace(/__c$/i, '__r').toLowerCase(), [target]);
    const children = field.value('relationshipName');
    if (children) this.#declared(target).children.set(`${children}__r`.toLowerCase(), object.name);
  }
}

/** `objects/Contact/fields/Level__c.field-meta.xml` belongs to Contact. */
function objectOf(file) {
  return path.posix.basename(path.posix.dirname(path.posix.dirname(file)));
}

function impliedFields(name) {
  if (/__mdt$/i.test(name)) return EVERY_METADATA_TYPE;
  if (/__(c|e)$/i.test(name)) return EVERY_CUSTOM_OBJECT;
  return [];
}
