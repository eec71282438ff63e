/** Fields and relationships that a static query names, held against the objects we know. */
import { lineOf, nodes } from '../reading/apex.mjs';

/**
 * Faults of one query as `{ line, message }`.
 * @param {object} query the parser's QueryContext
 * @param {import('../reading/objects.mjs').Objects} objects
 */
export function queryFaults(query, objects) {
  return [...faultsIn(query, sourceOf(query), objects)];
}

/** `{ object, alias }` of a query's FROM. */
function sourceOf(query) {
  const from = query.fromNameList();
  return {
    object: from.fieldName(0).getText(),
    alias: from.soqlId_list?.()[0]?.getText().toLowerCase()
  };
}

function* faultsIn(query, { object, alias }, objects) {
  if (!objects.has(object)) {
    yield fault(query, `there is no object ${object}`);
    return;
  }
  const outputs = outputNames(query);
  for (const field of fieldsOf(query)) {
    const path = field.getText().split('.');
    if (path.length > 1 && path[0].toLowerCase() === alias) path.shift();
    if (path.length === 1 && outputs.has(path[0].toLowerCase())) continue;
    const problem = pathProblem(object, path, objects);
    if (problem) yield fault(field, problem);
  }
  for (const subquery of subqueriesOf(query)) {
    yield* subqueryFaults(subquery, object, objects);
  }
}

/** A nested query selects children (FROM names a relationship) or filters (FROM names an object). */
function* subqueryFaults(subquery, object, objects) {
  const source = sourceOf(subquery);
  if (subquery.parentCtx.constructor.name !== 'SelectEntryContext') {
    yield* faultsIn(subquery, source, objects);
    return;
  }
  const child = objects.child(object, source.object);
  if (child) yield* faultsIn(subquery, { ...source, object: child }, objects);
  else yield fault(subquery, `${object} has no child relationship ${source.object}`);
}

/** What is wrong with `Account.Owner.Name` as seen from `object`, or null. */
function pathProblem(object, [first, ...rest], objects) {
  if (rest.length === 0) {
    return objects.hasField(object, first) ? null : `${object} has no field ${first}`;
  }
  const targets = objects.related(object, first);
  if (!targets) return `${object} has no relationship ${first}`;
  const known = targets.filter((target) => objects.has(target));
  if (known.length === 0) return `there is no object ${targets[0]}`;
  const problems = known.map((target) => pathProblem(target, rest, objects));
  return problems.includes(null) ? null : problems[0];
}

/** Parts of a query whose names belong to another object; TYPEOF is not checked. */
const ELSEWHERE = new Set(['FromNameListContext', 'SubQueryContext', 'TypeOfContext']);

/** Field names of a query itself: not its FROM, not its nested queries. */
function* fieldsOf(node) {
  for (const child of node.children ?? []) {
    const kind = child.constructor.name;
    if (kind === 'FieldNameContext') yield child;
    else if (!ELSEWHERE.has(kind)) yield* fieldsOf(child);
  }
}

function* subqueriesOf(node) {
  for (const child of node.children ?? []) {
    if (child.constructor.name === 'SubQueryContext') yield child;
    else yield* subqueriesOf(child);
  }
}

/** Names that a query gives to its own columns: `COUNT(Id) amount` may be ordered by. */
function outputNames(query) {
  const entries = [...nodes(query, 'SelectEntryContext')];
  return new Set(entries.map((entry) => entry.soqlId()?.getText().toLowerCase()).filter(Boolean));
}

function fault(node, message) {
  return { line: lineOf(node), message };
}
