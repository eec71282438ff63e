import { ApexList, ApexSet } from '../values/collections.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';

/** The text of a query with its bound values as literals, for the REST API. */
export function soqlText({ select, isCount, from, where, orderBy, limit, offset }) {
  const fields = isCount ? 'COUNT()' : select.map((path) => path.join('.')).join(', ');
  return [
    `SELECT ${fields} FROM ${from}`,
    where && `WHERE ${conditionText(where)}`,
    orderBy.length && `ORDER BY ${orderBy.map(orderText).join(', ')}`,
    limit && `LIMIT ${literal(limit)}`,
    offset && `OFFSET ${literal(offset)}`
  ]
    .filter(Boolean)
    .join(' ');
}

function conditionText({ all, any, not, path, operator, value }) {
  if (all) return all.map(nested).join(' AND ');
  if (any) return any.map(nested).join(' OR ');
  if (not) return `NOT ${nested(not)}`;
  return `${path.join('.')} ${operator.toUpperCase()} ${literal(value)}`;
}

function nested(condition) {
  return condition.path ? conditionText(condition) : `(${conditionText(condition)})`;
}

function orderText({ path, descending, nullsLast }) {
  return `${path.join('.')}${descending ? ' DESC' : ''}${nullsLast ? ' NULLS LAST' : ''}`;
}

/** A value node as SOQL writes it. */
function literal({ type, value }) {
  if (type === 'apex') return valueText(value);
  if (type === 'list') return `(${value.map(literal).join(', ')})`;
  return type === 'string' ? quoted(value) : String(value);
}

function valueText(value) {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof SObject) return quoted(value.get('Id'));
  if (value instanceof ApexDatetime) return value.toIso();
  if (value instanceof ApexDate) return value.toString();
  if (value instanceof ApexList || value instanceof ApexSet) {
    return `(${[...value].map(valueText).join(', ')})`;
  }
  return String(value);
}

function quoted(text) {
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
  return `'${escaped}'`;
}
