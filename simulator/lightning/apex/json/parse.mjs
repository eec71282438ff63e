import { throwApex } from '../runtime/exceptions.mjs';
import { Decimal } from '../values/decimal.mjs';

/**
 * JSON text as plain JavaScript. Whole numbers become numbers; others Decimals that keep the
 * places they were written with.
 */
export function parseJson(text) {
  if (text === null) throwApex('NullPointerException', 'Attempt to de-reference a null object');
  try {
    return JSON.parse(text, (_, value, context) =>
      typeof value === 'number' ? numberFrom(context.source) : value
    );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return throwApex('JSONException', jsonFault(text, error));
  }
}

function numberFrom(source) {
  const isWhole = /^-?\d+$/.test(source) && Number.isSafeInteger(Number(source));
  return isWhole ? Number(source) : Decimal.parse(source);
}

/** The platform's wording is known only in part; what it always has is the reason in words. */
function jsonFault(text, error) {
  if (text.trim() === '') return 'No content to map to Object due to end of input';
  return `Unexpected character or end of input: ${error.message}`;
}
