import { throwApex } from '../runtime/exceptions.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { getField, setField } from '../runtime/records.mjs';
import { running } from '../runtime/transaction.mjs';
import { ApexMap } from '../values/collections.mjs';
import { SObject } from '../values/sobject.mjs';
import { OBJECT, STRING } from '../values/types.mjs';
import { FieldToken } from './schema-values.mjs';
import { objectToken } from './tokens.mjs';

const fieldName = (field) => (field instanceof FieldToken ? field.field.name : field);

function put(record, field, value) {
  const before = record.get(fieldName(field));
  setField(record, fieldName(field), value);
  return before;
}

function parentOf(record, name) {
  if (name instanceof FieldToken) return record.get(name.field.relationshipName);
  const object = running().program.schema.find(record.typeName);
  if (!object.relationship(name)) {
    throwApex('SObjectException', `Invalid relationship ${name} for ${object.name}`);
  }
  return record.get(name);
}

function cloneOf(record, keepsId) {
  const copy = record.clone();
  copy.queriedFields = null;
  if (!keepsId) copy.byKey.delete('id');
  return copy;
}

export const recordTypes = [
  new PlatformType('SObject', {
    holds: SObject,
    methods: {
      'get/1': (record, field) => getField(record, fieldName(field)),
      'put/2': put,
      'isSet/1': (record, field) => record.has(fieldName(field)),
      'getSObject/1': parentOf,
      'getSObjectType/0': (record) => objectToken(record.typeName),
      'getPopulatedFieldsAsMap/0': (record) => new ApexMap(STRING, OBJECT, record.entries()),
      'clone/0': (record) => cloneOf(record, false),
      'clone/1': cloneOf,
      'clone/2': cloneOf
    }
  })
];
