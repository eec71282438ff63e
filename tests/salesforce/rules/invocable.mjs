/**
 * What the platform demands of Apex that a Flow calls, and what no other checker here looks at.
 * Source: Apex Developer Guide, "InvocableMethod Annotation", "InvocableVariable Annotation".
 */
import { annotation, classesOf, membersOf, nodes } from '../reading/apex.mjs';

const METHOD_ATTRIBUTES = new Set([
  'label',
  'description',
  'callout',
  'category',
  'configurationeditor',
  'iconname',
  'capabilitytype'
]);
const VARIABLE_ATTRIBUTES = new Set([
  'label',
  'description',
  'required',
  'defaultvalue',
  'placeholdertext',
  'capabilitytype'
]);
const LIST = /^list<(.+)>$/i;
const NOT_FOR_FLOWS = /^(map<|set<|object$)/i;

/** Faults of one class as `{ line, message }`. */
export function* invocableFaults(apexClass, { graph, apexFile }) {
  const members = membersOf(apexClass);
  const methods = members.filter((member) => annotation(member, 'invocablemethod'));
  for (const extra of methods.slice(1)) {
    yield fault(extra, 'a class has at most one @InvocableMethod: move this one to its own class');
  }
  for (const method of methods) {
    yield* methodFaults(method, apexClass);
    yield* calloutFault(method, apexClass, graph);
    yield* inputFaults(method, apexFile);
  }
  for (const member of members) {
    if (annotation(member, 'invocablevariable')) yield* variableFaults(member);
  }
}

function* methodFaults(method, apexClass) {
  if (method.kind !== 'method') {
    yield fault(method, '@InvocableMethod belongs on a method');
    return;
  }
  yield* attributeFaults(method, 'invocablemethod', '@InvocableMethod', METHOD_ATTRIBUTES);
  if (apexClass.inner) yield fault(method, '@InvocableMethod must be in an outer class');
  if (!method.modifiers.includes('static')) yield fault(method, '@InvocableMethod must be static');
  if (!isVisible(method)) yield fault(method, '@InvocableMethod must be public or global');
  if (method.parameters.length > 1) {
    yield fault(method, '@InvocableMethod takes at most one parameter: a List');
  }
  const [first] = method.parameters;
  if (first && !LIST.test(first.type)) {
    yield fault(method, `@InvocableMethod takes a List, not ${first.type}`);
  }
  if (method.type !== 'void' && !LIST.test(method.type)) {
    yield fault(method, `@InvocableMethod returns a List or void, not ${method.type}`);
  }
}

/** Without callout=true a Flow with uncommitted work fails at run time instead of pausing. */
function* calloutFault(method, apexClass, graph) {
  if (method.kind !== 'method') return;
  if (annotation(method, 'invocablemethod').values.get('callout')?.toLowerCase() === 'true') return;
  if (graph.reaches(apexClass, method, makesCallout)) {
    yield fault(method, '@InvocableMethod reaches a callout: add callout=true');
  }
}

function makesCallout(node) {
  return [...nodes(node, 'CreatorContext')].some((creator) =>
    /^(system\.)?http\(\)$/i.test(creator.getText())
  );
}

/** A request class of ours without any @InvocableVariable would have no inputs in Flow Builder. */
function* inputFaults(method, apexFile) {
  const types = [method.parameters?.[0]?.type, method.type].map((type) => LIST.exec(type)?.[1]);
  for (const type of types.filter(Boolean)) {
    if (NOT_FOR_FLOWS.test(type)) yield fault(method, `a Flow cannot pass a List of ${type}`);
    const ours = classesOf(apexFile).find((one) => one.name.toLowerCase() === type.toLowerCase());
    if (ours && !membersOf(ours).some((member) => annotation(member, 'invocablevariable'))) {
      yield fault(method, `${type} has no @InvocableVariable: a Flow could pass nothing with it`);
    }
  }
}

function* variableFaults(member) {
  yield* attributeFaults(member, 'invocablevariable', '@InvocableVariable', VARIABLE_ATTRIBUTES);
  if (member.kind === 'method') yield fault(member, '@InvocableVariable belongs on a variable');
  if (member.modifiers.some((word) => word === 'static' || word === 'final')) {
    yield fault(member, '@InvocableVariable must be neither static nor final');
  }
  if (!isVisible(member)) yield fault(member, '@InvocableVariable must be public or global');
  if (NOT_FOR_FLOWS.test(member.type)) {
    yield fault(member, `a Flow cannot pass ${member.type}: use a List, a primitive or a class`);
  }
}

function* attributeFaults(member, name, shown, known) {
  for (const attribute of annotation(member, name).values.keys()) {
    if (!known.has(attribute)) yield fault(member, `${shown} has no attribute ${attribute}`);
  }
}

function isVisible({ modifiers }) {
  return modifiers.includes('public') || modifiers.includes('global');
}

function fault({ line }, message) {
  return { line, message };
}
