/**
 * What Lightning demands of @AuraEnabled, and what only fails when the component calls it.
 * Source: Apex Developer Guide, "AuraEnabled Annotation"; LWC guide, "Expose Apex Methods".
 */
import { annotation, membersOf, nodes } from '../reading/apex.mjs';

const ATTRIBUTES = new Set(['cacheable', 'continuation', 'scope']);

const WRITING_STATEMENTS = [
  'InsertStatementContext',
  'UpdateStatementContext',
  'UpsertStatementContext',
  'DeleteStatementContext',
  'UndeleteStatementContext',
  'MergeStatementContext'
];
const WRITING_CALLS =
  /^(database\??\.(insert|update|upsert|delete|undelete|merge|convertlead)(immediate|async)?|eventbus\??\.publish|system\??\.enqueuejob)\(/i;

/** Faults of one class as `{ line, message }`. */
export function* auraEnabledFaults(apexClass, { graph }) {
  const marked = membersOf(apexClass).filter((member) => annotation(member, 'auraenabled'));
  const methods = marked.filter((member) => member.kind === 'method');
  yield* overloads(methods);
  for (const member of marked) yield* attributeFaults(member);
  for (const method of methods) {
    yield* callFaults(method, apexClass);
    if (isCacheable(method) && graph.reaches(apexClass, method, writes)) {
      yield fault(method, 'a cacheable method must not write: drop cacheable=true or the DML');
    }
  }
}

/** Since API 55 two @AuraEnabled methods of one name do not compile. */
function* overloads(methods) {
  const seen = new Set();
  for (const method of methods) {
    const name = method.name.toLowerCase();
    if (seen.has(name)) {
      yield fault(method, `a second @AuraEnabled ${method.name}: overloads are refused, rename it`);
    }
    seen.add(name);
  }
}

function* attributeFaults(member) {
  for (const attribute of annotation(member, 'auraenabled').values.keys()) {
    if (!ATTRIBUTES.has(attribute))
      yield fault(member, `@AuraEnabled has no attribute ${attribute}`);
  }
}

/** Components call static methods; a getter of a returned object may be an instance method. */
function* callFaults(method, apexClass) {
  const isGetter = /^get/i.test(method.name) && method.parameters.length === 0;
  if (!method.modifiers.includes('static') && !(apexClass.inner && isGetter)) {
    yield fault(method, `@AuraEnabled ${method.name} must be static`);
  }
  if (!method.modifiers.some((word) => word === 'public' || word === 'global')) {
    yield fault(method, `@AuraEnabled ${method.name} must be public or global`);
  }
}

function isCacheable(method) {
  return annotation(method, 'auraenabled').values.get('cacheable')?.toLowerCase() === 'true';
}

function writes(node) {
  const statements = WRITING_STATEMENTS.some((kind) => !nodes(node, kind).next().done);
  const calls = [...nodes(node, 'DotExpressionContext')];
  return statements || calls.some((call) => WRITING_CALLS.test(call.getText()));
}

function fault({ line }, message) {
  return { line, message };
}
