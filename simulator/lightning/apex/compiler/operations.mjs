/** The run-time functions behind the operators between two values. */
const OPERATIONS = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '<': 'less',
  '>': 'more',
  '<=': 'atMost',
  '>=': 'atLeast',
  '==': 'equal',
  '!=': 'different',
  '<>': 'different',
  '===': 'same',
  '!==': 'notSame',
  '&': 'bitAnd',
  '|': 'bitOr',
  '^': 'bitXor',
  '<<': 'shiftLeft',
  '>>': 'shiftRight'
};

/** JavaScript of a binary operation on two translated operands. */
export function operation(operator, left, right, node, scope) {
  const name = OPERATIONS[operator];
  return name ? `rt.${name}(${left}, ${right})` : scope.lacks(node, `the operator ${operator}`);
}
