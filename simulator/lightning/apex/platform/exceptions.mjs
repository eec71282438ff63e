import { ApexException } from '../runtime/classes.mjs';
import { initializeException } from '../runtime/construction.mjs';
import { BUILT_IN_EXCEPTIONS, newException } from '../runtime/exceptions.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { exceptionTypeName } from '../runtime/text.mjs';
import { ApexList } from '../values/collections.mjs';
import { STRING } from '../values/types.mjs';

/** What an exception that was given no message says. */
const NO_MESSAGE = 'Script-thrown exception';

const methods = {
  'getMessage/0': (exception) => exception.message ?? NO_MESSAGE,
  'setMessage/1': (exception, message) => {
    exception.message = message;
    return null;
  },
  'getCause/0': (exception) => exception.cause,
  'initCause/1': (exception, cause) => {
    exception.cause = cause;
    return null;
  },
  'getTypeName/0': exceptionTypeName,
  'getLineNumber/0': (exception) => exception.line,
  'getStackTraceString/0': (exception) => (exception.trace ?? []).join('\n'),
  'toString/0': (exception) =>
    `${exceptionTypeName(exception)}: ${exception.message ?? NO_MESSAGE}`,
  'getNumDml/0': (exception) => exception.dmlErrors.length,
  'getDmlMessage/1': (exception, position) => exception.dmlErrors[position].message,
  'getDmlIndex/1': (exception, position) => exception.dmlErrors[position].row,
  'getDmlFieldNames/1': (exception, position) =>
    new ApexList(STRING, exception.dmlErrors[position].fields),
  'getDmlStatusCode/1': (exception, position) => exception.dmlErrors[position].statusCode
};

/**
 * The text of an AuraHandledException goes to the component; Apex that asks it for its message
 * hears the standard sentence unless setMessage was called.
 */
function newAuraHandled(message = null) {
  const exception = newException('AuraHandledException');
  exception.clientMessage = message;
  return exception;
}

function constructorsOf(name) {
  if (name === 'AuraHandledException') {
    return { 0: () => newAuraHandled(), 1: (message) => newAuraHandled(message) };
  }
  const make = (...args) => {
    const exception = newException(name);
    initializeException(exception, args.slice(0, -1));
    return exception;
  };
  return { 0: make, 1: make, 2: make };
}

export const exceptionTypes = [...BUILT_IN_EXCEPTIONS.values()].map(
  (builtIn) =>
    new PlatformType(builtIn.name, {
      builtIn,
      constructors: constructorsOf(builtIn.name),
      ...(builtIn.name === 'Exception' ? { holds: ApexException, methods } : {})
    })
);
