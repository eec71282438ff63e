/** What fields an object has, as far as this repository knows. Names compare without case. */
import path from 'node:path';

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

/** Where the simulated org describes standard objects; the local Apex runtime reads them too. */
const DESCRIBED = 'simulator/crm/objects';

/** Standard and custom objects with their fields and the relationships that lead away from them. */
export class Objects {
  #objects = new Map();

  /** @param {import('./project.mjs').Project} project */
  constructor(project) {
    for (const file of project.files(DESCRIBED)) {
      if (file.endsWith('.json')) this.#describe(JSON.parse(project.text(file)));
    }
    for (const { file, root } of project.documents('.object-meta.xml')) this.#declare(file, root);
    for (const { file, root } of project.documents('.field-meta.xml')) {
      this.#addField(this.#named(objectOf(file)), root);
    }
  }

  /** Is the object described here or declared in our metadata? */
  has(object) {
    return this.#objects.has(object.toLowerCase());
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

  #get(object) {
    return this.#objects.get(object.toLowerCase());
  }

  #named(name) {
    const key = name.toLowerCase();
    if (!this.#objects.has(key)) {
      const fields = new Set(impliedFields(name).map((field) => field.toLowerCase()));
      this.#objects.set(key, { name, fields, parents: new Map(), children: new Map() });
    }
    return this.#objects.get(key);
  }

  #describe({ name, fields, childRelationships = [] }) {
    const object = this.#named(name);
    for (const field of fields) {
      object.fields.add(field.name.toLowerCase());
      if (field.relationshipName) {
        object.parents.set(field.relationshipName.toLowerCase(), field.referenceTo);
      }
    }
    for (const { relationshipName, childSObject } of childRelationships) {
      if (relationshipName) object.children.set(relationshipName.toLowerCase(), childSObject);
    }
  }

  #declare(file, root) {
    const object = this.#named(path.posix.basename(file, '.object-meta.xml'));
    for (const field of root.all('fields')) this.#addField(object, field);
  }

  #addField(object, field) {
    const name = field.value('fullName');
    if (!name) return;
    object.fields.add(name.toLowerCase());
    const target = field.value('referenceTo');
    if (!target) return;
    object.parents.set(name.replace(/__c$/i, '__r').toLowerCase(), [target]);
    const children = field.value('relationshipName');
    if (children) this.#named(target).children.set(`${children}__r`.toLowerCase(), object.name);
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
