import { listOf, parseQueryText, stringValue } from './parse.mjs';

/**
 * A query as plain data, read from its syntax tree:
 * `{select: [['Id'], ['Account', 'Name']], isCount, from, where, orderBy, limit, offset}`.
 * Conditions are `{all}`, `{any}`, `{not}` or `{path, operator, value}`; values `{type, value}` with
 * type string, number, boolean, null, date, datetime, list or bind (what `bind` answered).
 * @param options.bind called with each bound expression's node
 * @param options.lacks called with node and description of what the runtime does not have
 */
export function readQuery(node, { bind, lacks }) {
  const reader = { bind, lacks };
  refuseRareClauses(node, lacks);
  const entries = node.selectList().selectEntry_list();
  const isCount = entries[0].getText().toLowerCase() === 'count()';
  return {
    isCount,
    select: isCount ? [] : entries.map((entry) => selectPath(entry, lacks)),
    from: objectName(node.fromNameList(), lacks),
    where: node.whereClause() ? logical(node.whereClause().whereLogicalExpression(), reader) : null,
    orderBy: listOf(node.orderByClause()?.fieldOrderList(), 'fieldOrder').map((each) =>
      order(each, lacks)
    ),
    limit: count(node.limitClause(), reader),
    offset: count(node.offsetClause(), reader)
  };
}

/** Read a query from text; bound names stay as they are written, without the colon. */
export function parseQuery(text, lacks) {
  return readQuery(parseQueryText(text), { bind: (node) => node.expression().getText(), lacks });
}

function refuseRareClauses(node, lacks) {
  if (node.groupByClause()) lacks(node, 'GROUP BY in queries');
  if (node.usingScope()) lacks(node, 'USING SCOPE in queries');
  if (node.allRowsClause()) lacks(node, 'ALL ROWS in queries');
  if (node.forClauses()?.getText()) lacks(node, `${node.forClauses().getText()} in queries`);
  const mode = node.withClause()?.getText().toUpperCase() ?? '';
  if (mode && !['WITHUSER_MODE', 'WITHSYSTEM_MODE', 'WITHSECURITY_ENFORCED'].includes(mode)) {
    lacks(node, 'this WITH clause in queries');
  }
}

function pathOf(fieldName) {
  return fieldName.soqlId_list().map((id) => id.getText());
}

function selectPath(entry, lacks) {
  if (!entry.fieldName() || entry.soqlId()) {
    return lacks(entry, `${entry.getText()} in a SELECT list`);
  }
  return pathOf(entry.fieldName());
}

function objectName(fromList, lacks) {
  const [name, ...more] = fromList.fieldName_list();
  if (more.length || fromList.soqlId_list().length) lacks(fromList, 'aliases in FROM');
  return name.getText();
}

function logical(node, reader) {
  const parts = node.whereConditionalExpression_list().map((each) => conditional(each, reader));
  if (node.NOT()) return { not: parts[0] };
  if (node.SOQLOR_list().length) return { any: parts };
  return parts.length === 1 ? parts[0] : { all: parts };
}

function conditional(node, reader) {
  if (node.whereLogicalExpression()) return logical(node.whereLogicalExpression(), reader);
  const comparison = node.whereFieldExpression().fieldExpression();
  if (!comparison?.fieldName()) return reader.lacks(node, `${node.getText()} in a WHERE clause`);
  return {
    path: pathOf(comparison.fieldName()),
    operator: comparisonOperator(comparison.comparisonOperator(), reader),
    value: value(comparison.value(), reader)
  };
}

function comparisonOperator(node, { lacks }) {
  if (node.INCLUDES() || node.EXCLUDES()) lacks(node, `${node.getText()} in a WHERE clause`);
  if (node.IN()) return node.NOT() ? 'not in' : 'in';
  return node.LIKE() ? 'like' : node.getText().replace('<>', '!=');
}

function value(node, reader) {
  const text = node.getText();
  if (node.boundExpression()) return { type: 'bind', value: reader.bind(node.boundExpression()) };
  if (node.NULL()) return { type: 'null', value: null };
  if (node.StringLiteral()) return { type: 'string', value: stringValue(text) };
  if (node.BooleanLiteral()) return { type: 'boolean', value: text.toLowerCase() === 'true' };
  if (node.signedNumber()) return { type: 'number', value: text };
  if (node.DateTimeLiteral()) return { type: 'datetime', value: text };
  if (node.DateLiteral()) return { type: 'date', value: text };
  if (node.valueList()) {
    return {
      type: 'list',
      value: node
        .valueList()
        .value_list()
        .map((each) => value(each, reader))
    };
  }
  return reader.lacks(node, `${text} as a value in a query`);
}

function order(node, lacks) {
  if (!node.fieldName()) lacks(node, `${node.getText()} in ORDER BY`);
  const descending = Boolean(node.DESC());
  return { path: pathOf(node.fieldName()), descending, nullsLast: Boolean(node.LAST()) };
}

function count(clause, reader) {
  if (!clause) return null;
  if (clause.boundExpression()) {
    return { type: 'bind', value: reader.bind(clause.boundExpression()) };
  }
  return { type: 'number', value: clause.IntegerLiteral().getText() };
}
