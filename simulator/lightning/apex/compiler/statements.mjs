import { apexType } from '../values/types.mjs';
import { kindOf, listOf, stringValue } from '../syntax/parse.mjs';

/** JavaScript of a block, braces included. */
export function block(node, scope) {
  return scope.within(
    () =>
      `{${node
        .statement_list()
        .map((each) => statement(each, scope))
        .join('\n')}}`
  );
}

/** JavaScript of one statement. */
export function statement(node, scope) {
  const inner = node.getChild(0);
  const translate = STATEMENTS[kindOf(inner)];
  return translate ? translate(inner, scope) : scope.lacks(node, `the statement ${kindOf(inner)}`);
}

const STATEMENTS = {
  Block: block,
  LocalVariableDeclarationStatement: (node, scope) =>
    `${scope.at(node)} ${localVariables(node.localVariableDeclaration(), scope)}`,
  ExpressionStatement: (node, scope) => `${scope.at(node)} ${scope.expression(node.expression())};`,
  IfStatement: ifStatement,
  ForStatement: forStatement,
  WhileStatement: (node, scope) =>
    `${scope.at(node)} while (${condition(node, scope)}) ${body(node.statement(), scope)}`,
  DoWhileStatement: (node, scope) =>
    `do ${block(node.block(), scope)} while (${condition(node, scope)});`,
  ReturnStatement: (node, scope) =>
    `${scope.at(node)} return ${node.expression() ? scope.expression(node.expression()) : 'null'};`,
  ThrowStatement: (node, scope) =>
    `${scope.at(node)} throw rt.thrown(${scope.expression(node.expression())});`,
  BreakStatement: () => 'break;',
  ContinueStatement: () => 'continue;',
  TryStatement: tryStatement,
  SwitchStatement: switchStatement,
  RunAsStatement: runAsStatement,
  InsertStatement: dml('insert'),
  UpdateStatement: dml('update'),
  DeleteStatement: dml('delete'),
  UpsertStatement: dml('upsert')
};

function localVariables(node, scope) {
  const type = scope.resolve(node.typeRef());
  return listOf(node.variableDeclarators(), 'variableDeclarator')
    .map((declarator) => {
      const value = declarator.expression() ? scope.expression(declarator.expression()) : 'null';
      const name = scope.declare(declarator.id().getText(), type, declarator);
      return `let ${name} = rt.to(${scope.typeCode(type)}, ${value});`;
    })
    .join(' ');
}

function condition(node, scope) {
  return `rt.truth(${scope.expression(node.parExpression().expression())})`;
}

function body(node, scope) {
  return node ? `{${scope.within(() => statement(node, scope))}}` : ';';
}

function ifStatement(node, scope) {
  const [then, otherwise] = node.statement_list();
  const start = `${scope.at(node)} if (${condition(node, scope)}) ${body(then, scope)}`;
  return otherwise ? `${start} else ${body(otherwise, scope)}` : start;
}

function forStatement(node, scope) {
  return scope.within(() => {
    const control = node.forControl();
    const each = control.enhancedForControl();
    const head = each ? forEach(each, scope) : forLoop(control, scope);
    return `{${scope.at(node)} ${head} ${body(node.statement(), scope)}}`;
  });
}

function forEach(node, scope) {
  const values = scope.expression(node.expression());
  const type = scope.resolve(node.typeRef());
  if (type.key === 'list' && node.expression().getText().startsWith('[')) {
    scope.lacks(node, 'query loops by batch (for (List<...> batch : [...]))');
  }
  return `for (let ${scope.declare(node.id().getText(), type, node)} of rt.each(${values}))`;
}

function forLoop(control, scope) {
  const init = control.forInit();
  const declared = init?.localVariableDeclaration();
  const first = declared
    ? localVariables(declared, scope)
    : scope.expressions(init?.expressionList()).join(', ');
  const test = control.expression()
    ? `rt.truth(${scope.expression(control.expression())})`
    : 'true';
  const next = scope.expressions(control.forUpdate()?.expressionList()).join(', ');
  return `${first}; for (; ${test}; ${next})`;
}

function tryStatement(node, scope) {
  const attempt = `try ${block(node.block(), scope)}`;
  const clauses = node.catchClause_list();
  const caught = clauses.length ? ` catch (thrown) {${catchClauses(clauses, scope)}}` : '';
  const last = node.finallyBlock() ? ` finally ${block(node.finallyBlock().block(), scope)}` : '';
  return attempt + caught + last;
}

function catchClauses(clauses, scope) {
  const arms = clauses.map((clause) => scope.within(() => catchClause(clause, scope)));
  return `const exception = rt.caught(thrown); ${arms.join(' else ')} else throw thrown;`;
}

function catchClause(clause, scope) {
  const typeName = clause.qualifiedName().getText();
  const found = scope.catalog.findType(typeName, scope.type);
  if (!found) scope.fault(clause, `unknown type ${typeName}`);
  const type = apexType(found);
  const name = scope.declare(clause.id().getText(), type, clause);
  const isIt = `rt.isA(exception, ${scope.typeCode(type)})`;
  return `if (${isIt}) {let ${name} = exception; ${block(clause.block(), scope)}}`;
}

function switchStatement(node, scope) {
  const subject = scope.expression(node.expression());
  const arms = [];
  let otherwise = '';
  for (const when of node.whenControl_list()) {
    if (when.whenValue().ELSE()) otherwise = ` else ${block(when.block(), scope)}`;
    else arms.push(scope.within(() => whenArm(when, scope)));
  }
  const chain = arms.length ? arms.join(' else ') + otherwise : otherwise.replace(' else ', '');
  return `${scope.at(node)} {const subject = ${subject}; ${chain}}`;
}

function whenArm(when, scope) {
  const value = when.whenValue();
  if (value.typeRef()) {
    const type = scope.resolve(value.typeRef());
    const name = scope.declare(value.id().getText(), type, value);
    const isIt = `rt.isA(subject, ${scope.typeCode(type)})`;
    return `if (${isIt}) {let ${name} = subject; ${block(when.block(), scope)}}`;
  }
  const tests = value.whenLiteral_list().map((literal) => whenTest(literal, scope));
  return `if (${tests.join(' || ')}) ${block(when.block(), scope)}`;
}

/** A label of `switch`: a literal, null, or the simple name of an enum constant. */
function whenTest(literal, scope) {
  if (literal.whenLiteral()) return whenTest(literal.whenLiteral(), scope);
  const text = literal.getText();
  if (literal.NULL()) return 'subject === null';
  if (literal.StringLiteral()) return `subject === ${JSON.stringify(stringValue(text))}`;
  if (literal.qualifiedName()) {
    return `rt.isConstant(subject, ${JSON.stringify(text.split('.').at(-1))})`;
  }
  if (!/^-?\d+L?$/i.test(text)) scope.lacks(literal, `the switch label ${text}`);
  return `subject === ${text.replace(/L$/i, '')}`;
}

function runAsStatement(node, scope) {
  const [user, ...more] = scope.expressions(node.expressionList());
  if (more.length) scope.lacks(node, 'System.runAs with more than one argument');
  const inner = block(node.block(), scope);
  return `${scope.at(node)} rt.enterUser(${user}); try ${inner} finally {rt.leaveUser();}`;
}

function dml(operation) {
  return (node, scope) => {
    if (node.qualifiedName?.()) scope.lacks(node, `${operation} by an external id field`);
    return `${scope.at(node)} rt.dml('${operation}', ${scope.expression(node.expression())});`;
  };
}
