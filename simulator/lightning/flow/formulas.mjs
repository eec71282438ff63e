/** The formulas that our example Flows use: `TEXT({!Resource})`, and no other. */
import { NotRunHere } from './faults.mjs';

const TEXT = /^TEXT\(\s*\{!([^}]+)\}\s*\)$/;

/** @param read `(reference) => value` */
export function evaluate({ name, expression }, flow, read) {
  const reference = expression.match(TEXT)?.[1];
  if (!reference) throw new NotRunHere(flow.name, name, `the formula ${expression}`);
  const value = read(reference);
  return value === null ? '' : String(value);
}
