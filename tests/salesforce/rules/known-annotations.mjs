/**
 * Misspelt annotations, and test methods that the platform would refuse.
 * Source: Apex Developer Guide, "Annotations".
 */
import { annotation, membersOf } from '../reading/apex.mjs';

const KNOWN = new Set([
  'auraenabled',
  'deprecated',
  'future',
  'httpdelete',
  'httpget',
  'httppatch',
  'httppost',
  'httpput',
  'invocablemethod',
  'invocablevariable',
  'istest',
  'jsonaccess',
  'namespaceaccessible',
  'readonly',
  'remoteaction',
  'restresource',
  'suppresswarnings',
  'testsetup',
  'testvisible'
]);

/** Faults of one class as `{ line, message }`. */
export function* annotationFaults(apexClass) {
  const members = membersOf(apexClass);
  for (const { annotations } of [apexClass, ...members]) {
    for (const { name, line } of annotations) {
      if (!KNOWN.has(name)) yield { line, message: `there is no annotation @${name}` };
    }
  }
  for (const member of members) yield* testMethodFaults(member, apexClass);
}

function* testMethodFaults(member, apexClass) {
  if (!annotation(member, 'istest') && !annotation(member, 'testsetup')) return;
  const { line, name } = member;
  if (member.kind !== 'method' || member.type !== 'void' || member.parameters.length > 0) {
    yield { line, message: `test ${name} must be a void method without parameters` };
  }
  if (!member.modifiers.includes('static')) yield { line, message: `test ${name} must be static` };
  if (!annotation(apexClass, 'istest')) {
    yield { line, message: `test ${name} needs @IsTest on its class` };
  }
}
