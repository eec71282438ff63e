import { Decimal } from '../values/decimal.mjs';
import { ApexDate } from '../values/temporal.mjs';
import { isA } from './conversion.mjs';
import { lacks } from './faults.mjs';

/**
 * The method that suits the values best. Apex decides by declared types; the values at run time
 * decide here, and null suits every parameter. The nearest class wins among equals.
 */
export function bestMethod(methods, args, what) {
  if (methods.length === 1) return methods[0];
  const rated = methods.map((method) => ({ method, score: score(method, args) }));
  const best = Math.max(...rated.map((each) => each.score));
  if (best < 0) return lacks(`${what} for these values`);
  return rated.find((each) => each.score === best).method;
}

/** Whether values suit the parameters of a method. */
export function suits(method, args) {
  return score(method, args) >= 0;
}

function score({ parameters }, args) {
  const scores = parameters.map(({ type }, i) => fit(type, args[i]));
  return scores.includes(-1) ? -1 : scores.reduce((sum, each) => sum + each, 0);
}

/** 3 for the value's own type, less for a wider one, -1 when it does not fit. */
function fit(type, value) {
  if (value === null) return type.key === 'object' ? 0 : 1;
  if (type.key === 'object') return 0;
  if (typeof value === 'string' && type.key === 'id') return isA(value, type) ? 2 : -1;
  if (isA(value, type)) return value.class && value.class.key !== type.key ? 2 : 3;
  if (value.fromQuery || (value instanceof ApexDate && type.key === 'datetime')) return 1;
  const widens = typeof value === 'number' && ['decimal', 'double', 'long'].includes(type.key);
  return widens || (value instanceof Decimal && type.key === 'double') ? 1 : -1;
}
