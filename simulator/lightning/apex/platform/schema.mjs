import { throwApex } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { newRecord } from '../runtime/records.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { running } from '../runtime/transaction.mjs';
import { ApexList, ApexMap } from '../values/collections.mjs';
import { apexType, STRING } from '../values/types.mjs';
import { enumType } from './enums.mjs';
import {
  FieldDescribe,
  FieldMap,
  FieldToken,
  ObjectDescribe,
  ObjectToken
} from './schema-values.mjs';

const DISPLAY_TYPES = [
  'ADDRESS',
  'ANYTYPE',
  'BASE64',
  'BOOLEAN',
  'COMBOBOX',
  'CURRENCY',
  'DATE',
  'DATETIME',
  'DOUBLE',
  'EMAIL',
  'ENCRYPTEDSTRING',
  'ID',
  'INTEGER',
  'LONG',
  'MULTIPICKLIST',
  'PERCENT',
  'PHONE',
  'PICKLIST',
  'REFERENCE',
  'STRING',
  'TEXTAREA',
  'TIME',
  'URL'
];

const displayType = enumType('Schema.DisplayType', DISPLAY_TYPES);
const OBJECT_TOKEN = apexType('Schema.SObjectType');
const FIELD_TOKEN = apexType('Schema.SObjectField');

/** Every object of the org, by lower-case name as the platform keys it. */
function globalDescribe() {
  const entries = running()
    .program.schema.all()
    .map((each) => [each.name.toLowerCase(), new ObjectToken(each)]);
  return new AnyCaseMap(STRING, OBJECT_TOKEN, entries);
}

/** A map of the describe, which finds names without regard to case. */
class AnyCaseMap extends ApexMap {
  get(key) {
    return super.get(key === null ? null : key.toLowerCase());
  }

  has(key) {
    return super.has(key === null ? null : key.toLowerCase());
  }
}

function fieldMap({ object }) {
  const entries = object
    .fields()
    .map((each) => [each.name.toLowerCase(), new FieldToken(object, each)]);
  return new AnyCaseMap(STRING, FIELD_TOKEN, entries);
}

/** `Schema.SObjectType.Contact.fields.Email` */
function fieldNamed({ object }, name) {
  const field = object.field(name);
  return field ? new FieldDescribe(object, field) : lacks(`the field ${object.name}.${name}`);
}

function describeAll(names) {
  const describes = [...names].map((name) => {
    const found = running().program.schema.find(name);
    return found
      ? new ObjectDescribe(found)
      : throwApex('InvalidParameterValueException', `${name} is not an object`);
  });
  return new ApexList(apexType('Schema.DescribeSObjectResult'), describes);
}

function displayTypeOf({ field }) {
  const constant = displayType.constants.get(field.type);
  return constant ?? displayType.constants.get('string');
}

function referencesOf({ field }) {
  const found = (field.referenceTo ?? [])
    .map((name) => running().program.schema.find(name))
    .filter(Boolean);
  return new ApexList(
    OBJECT_TOKEN,
    found.map((each) => new ObjectToken(each))
  );
}

/** Permissions are not modelled: everyone may do what the describe does not forbid everybody. */
const may =
  (flag) =>
  ({ field }) =>
    field[flag] !== false;
const always = () => true;

const objectDescribeMethods = {
  'getName/0': ({ object }) => object.name,
  'getLabel/0': ({ object }) => object.label,
  'getLabelPlural/0': ({ object }) => object.labelPlural,
  'getKeyPrefix/0': ({ object }) => object.keyPrefix,
  'getSObjectType/0': ({ object }) => new ObjectToken(object),
  'isAccessible/0': always,
  'isQueryable/0': always,
  'isCreateable/0': always,
  'isUpdateable/0': always,
  'isDeletable/0': always,
  'isCustom/0': ({ object }) => object.name.endsWith('__c')
};

const fieldDescribeMethods = {
  'getName/0': ({ field }) => field.name,
  'getLocalName/0': ({ field }) => field.name,
  'getLabel/0': ({ field }) => field.label,
  'getType/0': displayTypeOf,
  'getLength/0': ({ field }) => field.length ?? 0,
  'getRelationshipName/0': ({ field }) => field.relationshipName ?? null,
  'getReferenceTo/0': referencesOf,
  'getSObjectField/0': ({ object, field }) => new FieldToken(object, field),
  'isAccessible/0': always,
  'isCreateable/0': may('createable'),
  'isUpdateable/0': may('updateable'),
  'isNillable/0': may('nillable'),
  'isFilterable/0': may('filterable'),
  'isNameField/0': ({ object, field }) => object.nameField === field.name,
  'isCustom/0': ({ field }) => field.name.endsWith('__c')
};

const objectTokenMethods = {
  'getDescribe/0': ({ object }) => new ObjectDescribe(object),
  'getDescribe/1': ({ object }) => new ObjectDescribe(object),
  'newSObject/0': ({ object }) => newRecord(object.name, []),
  'newSObject/1': ({ object }, id) => newRecord(object.name, [['Id', id]]),
  'toString/0': ({ object }) => object.name
};

export const schemaTypes = [
  new PlatformType('Schema', {
    statics: { 'getGlobalDescribe/0': globalDescribe, 'describeSObjects/1': describeAll }
  }),
  new PlatformType('Schema.SObjectType', { holds: ObjectToken, methods: objectTokenMethods }),
  new PlatformType('Schema.SObjectField', {
    holds: FieldToken,
    methods: {
      'getDescribe/0': ({ object, field }) => new FieldDescribe(object, field),
      'toString/0': ({ field }) => field.name
    }
  }),
  new PlatformType('Schema.DescribeSObjectResult', {
    holds: ObjectDescribe,
    methods: objectDescribeMethods,
    properties: { fields: ({ object }) => new FieldMap(object) }
  }),
  new PlatformType('Schema.DescribeFieldResult', {
    holds: FieldDescribe,
    methods: fieldDescribeMethods
  }),
  new PlatformType('Schema.SObjectTypeFields', {
    holds: FieldMap,
    methods: { 'getMap/0': fieldMap },
    properties: { '*': fieldNamed }
  }),
  enumType('Schema.SObjectDescribeOptions', ['DEFAULT', 'DEFERRED', 'FULL']),
  displayType
];
