import { ApexException, builtInClass } from './classes.mjs';
import { ApexThrow } from './faults.mjs';

const NAMES = [
  'AssertException',
  'AsyncException',
  'AuraHandledException',
  'CalloutException',
  'DmlException',
  'EmailException',
  'FinalException',
  'HandledException',
  'IllegalArgumentException',
  'InvalidParameterValueException',
  'JSONException',
  'LimitException',
  'ListException',
  'MathException',
  'NoAccessException',
  'NoDataFoundException',
  'NullPointerException',
  'QueryException',
  'SObjectException',
  'SecurityException',
  'SerializationException',
  'StringException',
  'TypeException',
  'UnexpectedException'
];

export const EXCEPTION = builtInClass('Exception');

/** The platform's exception classes by lower-case name. */
export const BUILT_IN_EXCEPTIONS = new Map(
  [EXCEPTION, ...NAMES.map((name) => builtInClass(name, EXCEPTION))].map((each) => [each.key, each])
);

/** An exception of the platform's, not thrown yet. */
export function newException(typeName, message = null) {
  const exception = new ApexException(BUILT_IN_EXCEPTIONS.get(typeName.toLowerCase()));
  exception.message = message;
  return exception;
}

/** Throw a platform exception: `throwApex('StringException', 'Invalid id: x')`. */
export function throwApex(typeName, message, more = {}) {
  throw new ApexThrow(Object.assign(newException(typeName, message), more));
}

export function throwNullPointer() {
  throwApex('NullPointerException', 'Attempt to de-reference a null object');
}
