import { lacks } from '../runtime/faults.mjs';
import { running } from '../runtime/transaction.mjs';
import { ApexMap } from '../values/collections.mjs';
import { apexType, STRING } from '../values/types.mjs';
import { FieldToken, ObjectDescribe, ObjectToken } from './schema-values.mjs';

function objectNamed(name) {
  return running().program.schema.find(name) ?? lacks(`the object ${name}`);
}

/** `Contact.SObjectType` */
export function objectToken(name) {
  return new ObjectToken(objectNamed(name));
}

/** `Contact.Email` */
export function fieldToken(objectName, fieldName) {
  const object = objectNamed(objectName);
  return new FieldToken(
    object,
    object.field(fieldName) ?? lacks(`the field ${objectName}.${fieldName}`)
  );
}

/** `Schema.SObjectType.Contact` */
export function objectDescribe(name) {
  return new ObjectDescribe(objectNamed(name));
}

/** Static methods of an object's type: those of custom metadata types. */
export function callObjectStatic(typeName, name, args) {
  const records = running().program.customMetadata.of(typeName);
  const what = `${name.toLowerCase()}/${args.length}`;
  if (what === 'getinstance/1') return recordNamed(records, args[0]);
  if (what !== 'getall/0') return lacks(`${typeName}.${name}/${args.length}`);
  const entries = records.map((record) => [record.get('DeveloperName'), record.clone()]);
  return new ApexMap(STRING, apexType(typeName), entries);
}

function recordNamed(records, name) {
  const key = name?.toLowerCase();
  const found = records.find((each) =>
    [each.get('DeveloperName').toLowerCase(), each.get('Id').toLowerCase()].includes(key)
  );
  return found?.clone() ?? null;
}
