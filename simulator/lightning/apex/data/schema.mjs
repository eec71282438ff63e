import fs from 'node:fs';
import path from 'node:path';
import { filesBelow, readMetadata, toList } from './metadata.mjs';

/** `type` of a field in metadata files, as the REST describe names it. */
const FIELD_TYPES = {
  Text: 'string',
  LongTextArea: 'textarea',
  TextArea: 'textarea',
  Html: 'textarea',
  Number: 'double',
  Percent: 'percent',
  Currency: 'currency',
  Checkbox: 'boolean',
  Date: 'date',
  DateTime: 'datetime',
  Email: 'email',
  Phone: 'phone',
  Url: 'url',
  Picklist: 'picklist',
  MultiselectPicklist: 'multipicklist',
  Lookup: 'reference',
  MasterDetail: 'reference',
  MetadataRelationship: 'reference'
};

/** Fields every object has, as far as an object file does not list them. */
const SYSTEM_FIELDS = [
  { name: 'Id', label: 'Record ID', type: 'id' },
  { name: 'Name', label: 'Name', type: 'string' },
  { name: 'CreatedDate', label: 'Created Date', type: 'datetime' },
  { name: 'LastModifiedDate', label: 'Last Modified Date', type: 'datetime' },
  { name: 'SystemModstamp', label: 'System Modstamp', type: 'datetime' },
  {
    name: 'OwnerId',
    label: 'Owner ID',
    type: 'reference',
    referenceTo: ['User'],
    relationshipName: 'Owner'
  }
];

const CUSTOM_METADATA_FIELDS = [
  { name: 'Id', label: 'Record ID', type: 'id' },
  { name: 'DeveloperName', label: 'Custom Metadata Record Name', type: 'string' },
  { name: 'MasterLabel', label: 'Label', type: 'string' },
  { name: 'Label', label: 'Label', type: 'string' },
  { name: 'QualifiedApiName', label: 'Qualified API Name', type: 'string' },
  { name: 'NamespacePrefix', label: 'Namespace Prefix', type: 'string' }
];

/** One object of the org and its fields. Look-ups ignore case. */
export class ObjectDescription {
  constructor({ name, label, labelPlural, keyPrefix, nameField, nameFormat, fields }) {
    Object.assign(this, { name, label, labelPlural: labelPlural ?? label, keyPrefix, nameField });
    /** How a Name is numbered, such as `OR-{000000}`; null when it is given. */
    this.nameFormat = nameFormat ?? fields.find(({ numberedAs }) => numberedAs)?.numberedAs ?? null;
    this.fieldsByKey = new Map();
    for (const field of fields) this.addField(field);
  }

  addField(field) {
    this.fieldsByKey.set(field.name.toLowerCase(), field);
  }

  field(name) {
    return this.fieldsByKey.get(name.toLowerCase()) ?? null;
  }

  /** The reference field behind a relationship name such as `Account`, or null. */
  relationship(name) {
    const key = name.toLowerCase();
    return this.fields().find((field) => field.relationshipName?.toLowerCase() === key) ?? null;
  }

  fields() {
    return [...this.fieldsByKey.values()];
  }

  get isCustomMetadata() {
    return this.name.endsWith('__mdt');
  }
}

/** The org's objects: the simulated org's object files plus the custom fields of our metadata. */
export class Schema {
  constructor(descriptions = []) {
    this.byKey = new Map(descriptions.map((each) => [each.name.toLowerCase(), each]));
  }

  /** Read `<folder>/*.json` of each object folder, then `objects/` in each source folder. */
  static read({ objectFolders, sourceFolders }) {
    const schema = new Schema();
    for (const folder of objectFolders) schema.addObjectFiles(folder);
    for (const folder of sourceFolders) schema.addObjectMetadata(folder);
    return schema;
  }

  find(name) {
    return this.byKey.get(name.toLowerCase()) ?? null;
  }

  all() {
    return [...this.byKey.values()];
  }

  /** The object whose ids start like this one, or null. */
  byId(id) {
    return this.all().find((each) => each.keyPrefix === id.slice(0, 3)) ?? null;
  }

  add(description) {
    this.byKey.set(description.name.toLowerCase(), description);
  }

  addObjectFiles(folder) {
    if (!fs.existsSync(folder)) return;
    for (const file of fs.readdirSync(folder).filter((each) => each.endsWith('.json'))) {
      this.add(new ObjectDescription(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'))));
    }
  }

  addObjectMetadata(folder) {
    const files = filesBelow(folder);
    for (const file of files.filter((each) => each.endsWith('.object-meta.xml'))) {
      this.addObject(file);
    }
    for (const file of files.filter((each) => each.endsWith('.field-meta.xml'))) {
      this.addField(file);
    }
  }

  addObject(file) {
    const name = path.basename(file, '.object-meta.xml');
    if (this.find(name)) return;
    const object = readMetadata(file).CustomObject;
    this.add(
      new ObjectDescription({
        name,
        label: object.label ?? name,
        labelPlural: object.pluralLabel,
        keyPrefix: `a${String(this.byKey.size).padStart(2, '0')}`,
        nameField: 'Name',
        nameFormat: object.nameField?.displayFormat,
        fields: name.endsWith('__mdt') ? CUSTOM_METADATA_FIELDS : SYSTEM_FIELDS
      })
    );
  }

  addField(file) {
    const objectName = path.basename(path.dirname(path.dirname(file)));
    const object = this.find(objectName);
    if (!object) throw new Error(`${file}: no object ${objectName} is known`);
    object.addField(fieldOf(readMetadata(file).CustomField, file));
  }
}

function fieldOf(metadata, file) {
  const name = metadata.fullName;
  const type = FIELD_TYPES[metadata.type];
  if (!type) throw new Error(`${file}: the local runtime lacks fields of type ${metadata.type}`);
  const isReference = type === 'reference';
  return {
    name,
    label: metadata.label ?? name,
    type,
    length: metadata.length ? Number(metadata.length) : undefined,
    referenceTo: isReference ? toList(metadata.referenceTo) : undefined,
    relationshipName: isReference ? name.replace(/__c$/, '__r') : undefined,
    defaultValue: type === 'boolean' ? metadata.defaultValue === 'true' : undefined,
    isUnique: metadata.unique === 'true',
    isCustom: true
  };
}
