import { assignment, stepAfter, stepBefore } from './assignments.mjs';
import { creation } from './creation.mjs';
import { kindOf, operatorText, stringValue } from '../syntax/parse.mjs';
import { operation } from './operations.mjs';
import { memberChain, ownCall, reference } from './references.mjs';
import { staticQuery } from './static-query.mjs';

/** JavaScript of one expression. */
export function expression(node, scope) {
  const translate = EXPRESSIONS[kindOf(node)];
  return translate
    ? translate(node, scope)
    : scope.lacks(node, `the expression ${kindOf(node)}: ${node.getText()}`);
}

const EXPRESSIONS = {
  PrimaryExpression: (node, scope) => primary(node.primary(), scope),
  SubExpression: (node, scope) => `(${scope.expression(node.expression())})`,
  DotExpression: memberChain,
  ArrayExpression: memberChain,
  MethodCallExpression: ownCall,
  NewExpression: (node, scope) => creation(node.creator(), scope),
  CastExpression: (node, scope) =>
    `rt.cast(${scope.typeCode(scope.resolve(node.typeRef()))}, ${scope.expression(node.expression())})`,
  InstanceOfExpression: (node, scope) =>
    `rt.isA(${scope.expression(node.expression())}, ${scope.typeCode(scope.resolve(node.typeRef()))})`,
  AssignExpression: assignment,
  PostOpExpression: stepAfter,
  PreOpExpression: prefixed,
  NegExpression: negated,
  LogAndExpression: (node, scope) => logical(node, scope, '&&'),
  LogOrExpression: (node, scope) => logical(node, scope, '||'),
  CoalExpression: (node, scope) => `(${operands(node, scope).join(' ?? ')})`,
  CondExpression: conditional,
  Arth1Expression: binary,
  Arth2Expression: binary,
  CmpExpression: binary,
  EqualityExpression: binary,
  BitExpression: binary,
  BitAndExpression: binary,
  BitOrExpression: binary,
  BitNotExpression: binary
};

const PRIMARIES = {
  ThisPrimary: () => 'self',
  LiteralPrimary: (node, scope) => literal(node.literal(), scope),
  IdPrimary: (node, scope) => reference([node.getText()], node, scope).code,
  TypeRefPrimary: (node, scope) => `rt.typeValue(${scope.typeCode(scope.resolve(node.typeRef()))})`,
  SoqlPrimary: (node, scope) => staticQuery(node.soqlLiteral().query(), scope)
};

function primary(node, scope) {
  const translate = PRIMARIES[kindOf(node)];
  return translate ? translate(node, scope) : scope.lacks(node, `the expression ${node.getText()}`);
}

function literal(node, scope) {
  const text = node.getText();
  if (node.NULL()) return 'null';
  if (node.BooleanLiteral()) return text.toLowerCase();
  if (node.StringLiteral()) return JSON.stringify(stringValue(text));
  if (node.NumberLiteral()) return `rt.decimal(${JSON.stringify(text.replace(/d$/i, ''))})`;
  if (node.IntegerLiteral() || node.LongLiteral()) {
    return wholeLiteral(text.replace(/L$/i, ''), node, scope);
  }
  return scope.lacks(node, `the literal ${text}`);
}

function wholeLiteral(digits, node, scope) {
  return Number.isSafeInteger(Number(digits))
    ? digits
    : scope.lacks(node, 'whole numbers beyond 2^53');
}

function operands(node, scope) {
  return node.expression_list().map((each) => scope.expression(each));
}

function logical(node, scope, operator) {
  const [left, right] = operands(node, scope);
  return `(rt.truth(${left}) ${operator} rt.truth(${right}))`;
}

function conditional(node, scope) {
  const [test, then, otherwise] = operands(node, scope);
  return `(rt.truth(${test}) ? ${then} : ${otherwise})`;
}

function binary(node, scope) {
  const [left, right] = operands(node, scope);
  return operation(operatorText(node), left, right, node, scope);
}

function prefixed(node, scope) {
  if (node.INC() || node.DEC()) return stepBefore(node, scope);
  const value = scope.expression(node.expression());
  return node.SUB() ? `rt.negate(${value})` : value;
}

function negated(node, scope) {
  if (node.TILDE()) return scope.lacks(node, 'the operator ~');
  return `!rt.truth(${scope.expression(node.expression())})`;
}
