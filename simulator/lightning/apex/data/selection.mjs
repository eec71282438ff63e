import { compareValues, equal } from '../runtime/operators.mjs';
import { throwApex } from '../runtime/exceptions.mjs';
import { lacks } from '../runtime/faults.mjs';
import { ApexList, ApexSet } from '../values/collections.mjs';
import { Decimal } from '../values/decimal.mjs';
import { SObject } from '../values/sobject.mjs';
import { ApexDate, ApexDatetime } from '../values/temporal.mjs';

/**
 * Answer a query from records in memory.
 * @param source `{schema, rowsOf(objectName)}`
 * @returns `{rows}` of new records holding what was selected, or `{count}`
 */
export function answerQuery(query, source) {
  const object = source.schema.find(query.from);
  for (const path of pathsOf(query)) checkPath(path, object, source.schema);
  const matching = source.rowsOf(object.name).filter((row) => matches(query.where, row, source));
  const ordered = inOrder(matching, query.orderBy, source);
  const start = Number(valueOf(query.offset) ?? 0);
  const end = query.limit ? start + Number(valueOf(query.limit)) : undefined;
  const rows = ordered.slice(start, end);
  return query.isCount
    ? { count: rows.length }
    : { rows: rows.map((row) => project(row, query.select, source)) };
}

function pathsOf(query) {
  const inConditions = (node) => {
    if (!node) return [];
    if (node.path) return [node.path];
    return (node.all ?? node.any ?? [node.not]).flatMap(inConditions);
  };
  return [...query.select, ...inConditions(query.where), ...query.orderBy.map((each) => each.path)];
}

function checkPath(path, object, schema) {
  if (path.length > 2) lacks(`relationships of more than one step (${path.join('.')})`);
  const [name, parentField] =
    path[0].toLowerCase() === object.name.toLowerCase() ? path.slice(1) : path;
  if (!parentField) return object.field(name) ? null : noSuchColumn(name, object.name);
  const relationship = object.relationship(name);
  if (!relationship) {
    return throwApex('QueryException', `Didn't understand relationship '${name}' in field path.`);
  }
  const parent = schema.find(relationship.referenceTo[0]);
  return parent?.field(parentField) ? null : noSuchColumn(parentField, relationship.referenceTo[0]);
}

function noSuchColumn(name, objectName) {
  return throwApex('QueryException', `No such column '${name}' on entity '${objectName}'.`);
}

/** The value at a path of one or two steps; null where the parent is missing. */
function valueAt(row, path, source) {
  if (path.length === 1) return row.get(path[0]);
  return parentOf(row, path[0], source)?.get(path[1]) ?? null;
}

function parentOf(row, relationshipName, { schema, rowsOf }) {
  const field = schema.find(row.typeName).relationship(relationshipName);
  const id = row.get(field.name);
  if (id === null) return null;
  return (
    field.referenceTo.flatMap((name) => rowsOf(name)).find((each) => each.get('Id') === id) ?? null
  );
}

const READ_LITERAL = {
  apex: (value) => value,
  string: (value) => value,
  boolean: (value) => value,
  null: () => null,
  number: (value) => Decimal.parse(value),
  date: (value) => ApexDate.parseIso(value),
  datetime: (value) => ApexDatetime.parseIso(value),
  list: (values) => values.map(valueOf)
};

/** The Apex value of a value node. */
export function valueOf(node) {
  return node === null ? null : READ_LITERAL[node.type](node.value);
}

function matches(condition, row, source) {
  if (!condition) return true;
  if (condition.all) return condition.all.every((each) => matches(each, row, source));
  if (condition.any) return condition.any.some((each) => matches(each, row, source));
  if (condition.not) return !matches(condition.not, row, source);
  const test = COMPARISONS[condition.operator];
  return test(valueAt(row, condition.path, source), valueOf(condition.value));
}

const ordered = (verdict) => (left, right) =>
  left !== null && right !== null && verdict(compareValues(left, right));

const COMPARISONS = {
  '=': (left, right) => equal(left, right),
  '!=': (left, right) => !equal(left, right),
  '<': ordered((order) => order < 0),
  '>': ordered((order) => order > 0),
  '<=': ordered((order) => order <= 0),
  '>=': ordered((order) => order >= 0),
  like: (left, right) => likePattern(right).test(left ?? ''),
  in: (left, right) => elements(right).some((each) => equal(left, each)),
  'not in': (left, right) => !elements(right).some((each) => equal(left, each))
};

function likePattern(text) {
  const literal = String(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/%/g, '.*').replace(/_/g, '.')}$`, 'is');
}

/** The values of an IN list; records stand for their ids. */
function elements(value) {
  if (value === null) return throwApex('QueryException', 'The value of an IN list is null');
  const items =
    Array.isArray(value) || value instanceof ApexList || value instanceof ApexSet
      ? [...value]
      : [value];
  return items.map((each) => (each instanceof SObject ? each.get('Id') : each));
}

/** Rows in order; empty values come first unless NULLS LAST or DESC says otherwise. */
function inOrder(rows, orderBy, source) {
  return [...rows].sort((a, b) => {
    for (const { path, descending, nullsLast } of orderBy) {
      const [left, right] = [valueAt(a, path, source), valueAt(b, path, source)];
      if (left === null || right === null) {
        if (left === right) continue;
        return (left === null) === nullsLast ? 1 : -1;
      }
      const order = compareValues(left, right);
      if (order) return descending ? -order : order;
    }
    return 0;
  });
}

/** A new record with the selected fields and the Id. */
function project(row, select, source) {
  const queriedFields = new Set(['id', ...select.map(([name]) => name.toLowerCase())]);
  const answer = new SObject(row.typeName, { queriedFields });
  answer.set('Id', row.get('Id'));
  for (const [name, parentField] of select) {
    if (parentField) projectParent(answer, row, name, parentField, source);
    else answer.set(source.schema.find(row.typeName).field(name).name, row.get(name));
  }
  return answer;
}

function projectParent(answer, row, name, field, source) {
  const parent = parentOf(row, name, source);
  if (!parent) return answer.set(name, answer.get(name));
  const shown =
    answer.get(name) ?? new SObject(parent.typeName, { queriedFields: new Set(['id']) });
  shown.queriedFields.add(field.toLowerCase());
  shown.set(source.schema.find(parent.typeName).field(field).name, parent.get(field));
  return answer.set(name, shown);
}
