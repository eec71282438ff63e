/** Conditions of decisions and of a Flow's start. */
import { NotRunHere } from './faults.mjs';

const OPERATORS = {
  EqualTo: (left, right) => left === right,
  NotEqualTo: (left, right) => left !== right,
  IsNull: (left, isNull) => (left === null || left === '') === isNull
};

/**
 * Whether all conditions `[{operator, left, right}]` hold.
 * @param where `{flowName, elementName, logic}`, for what cannot be run.
 */
export function allHold(conditions, { flowName, elementName, logic }) {
  if (logic !== undefined && logic !== 'and') {
    throw new NotRunHere(flowName, elementName, `the condition logic ${logic}`);
  }
  return conditions.every(({ operator, left, right }) => {
    if (!(operator in OPERATORS)) throw new NotRunHere(flowName, elementName, operator);
    return OPERATORS[operator](left, right);
  });
}
