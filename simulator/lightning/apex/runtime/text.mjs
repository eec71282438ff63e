import { ApexBlob } from '../values/blob.mjs';
import { ApexList, ApexMap, ApexSet } from '../values/collections.mjs';
import { SObject } from '../values/sobject.mjs';
import { typeText } from '../values/types.mjs';
import { ApexException, ApexObject, EnumConstant, TypeValue } from './classes.mjs';
import { invoke } from './invoke.mjs';

/** A value as String.valueOf, string concatenation and System.debug write it. */
export function textOf(value) {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return String(value);
  if (value instanceof ApexList) return `(${[...value].map(textOf).join(', ')})`;
  if (value instanceof ApexSet) return `{${[...value].map(textOf).join(', ')}}`;
  if (value instanceof ApexMap) return `{${pairs([...value]).join(', ')}}`;
  if (value instanceof SObject) return `${value.typeName}:{${pairs(value.entries()).join(', ')}}`;
  if (value instanceof ApexObject) return textOfObject(value);
  if (value instanceof EnumConstant) return value.name;
  if (value instanceof TypeValue) return typeText(value.type);
  if (value instanceof ApexBlob) return `Blob[${value.bytes.length}]`;
  return value.toString();
}

function pairs(entries) {
  return entries.map(([key, value]) => `${textOf(key)}=${textOf(value)}`);
}

function textOfObject(object) {
  const [method] = object.class.findMethods('tostring', 0);
  if (method) return invoke(method, object, []);
  if (object instanceof ApexException) {
    return `${exceptionTypeName(object)}: ${object.message ?? 'Script-thrown exception'}`;
  }
  const simpleName = object.class.name.split('.').at(-1);
  return `${simpleName}:[${pairs([...object.values]).join(', ')}]`;
}

/** `System.CalloutException`, or the full name of our own exception class. */
export function exceptionTypeName(exception) {
  return exception.class.isBuiltIn ? `System.${exception.class.name}` : exception.class.name;
}
