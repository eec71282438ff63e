import { ApexThrow } from '../runtime/faults.mjs';
import { NoSuchEntryPoint } from './entry-points.mjs';
import { exceptionTypeName } from '../runtime/text.mjs';

/**
 * What a caller outside of Apex learns of an error: `{exceptionType, message, stackTrace}`.
 * `isRuntimeFault` is set when not Apex but the local runtime failed or lacks something.
 */
export function describeError(error) {
  if (!(error instanceof ApexThrow)) return describeRuntimeFault(error);
  const { exception } = error;
  return {
    exceptionType: exceptionTypeName(exception),
    message: exception.clientMessage ?? exception.message ?? 'Script-thrown exception',
    stackTrace: (exception.trace ?? []).join('\n')
  };
}

function describeRuntimeFault(error) {
  return {
    exceptionType: error.constructor.name,
    message: error.message,
    stackTrace: (error.apexStack ?? []).join('\n'),
    isRuntimeFault: !(error instanceof NoSuchEntryPoint)
  };
}
