import { fromComponent, toComponent } from '../json/aura.mjs';
import { fromFlow, toFlow } from '../json/flow.mjs';
import { executeJob, executeSchedulable } from '../platform/async.mjs';
import { DesignTimePageContext, DynamicPickListRows } from '../platform/visual-editor.mjs';
import { construct } from '../runtime/construction.mjs';
import { call } from '../runtime/members.mjs';
import { invoke } from '../runtime/invoke.mjs';

/** Raised when a caller from outside asks for Apex it may not call. */
export class NoSuchEntryPoint extends Error {}

/** Run a static @AuraEnabled method with arguments by name, as a component would call it. */
export function callAuraEnabled(transaction, className, methodName, args) {
  const method = auraMethod(transaction.program, className, methodName);
  transaction.isReadOnly = method.annotations.auraenabled.cacheable === 'true';
  const values = method.parameters.map(({ name, type }) => fromComponent(args[name], type));
  return toComponent(invoke(method, null, values));
}

function auraMethod(program, className, methodName) {
  const type = program.findClass(className);
  const method = type?.allMethods.find((each) => each.key === methodName.toLowerCase());
  if (!method || !method.isStatic || !('auraenabled' in method.annotations)) {
    throw new NoSuchEntryPoint(`${className}.${methodName} is no static @AuraEnabled method`);
  }
  return method;
}

/** Run the @InvocableMethod of a class with all requests of a transaction, as a Flow would call it. */
export function callInvocable({ program }, className, requests) {
  const method = program
    .findClass(className)
    ?.allMethods.find((each) => 'invocablemethod' in each.annotations);
  if (!method) throw new NoSuchEntryPoint(`${className} has no @InvocableMethod`);
  return toFlow(invoke(method, null, [fromFlow(requests, method.parameters[0].type)]));
}

/** Run a Schedulable class once, as at its scheduled time. */
export function runSchedulable({ program }, className) {
  if (!program.findClass(className)?.isSubtypeOf('schedulable')) {
    throw new NoSuchEntryPoint(`${className} is not Schedulable`);
  }
  executeSchedulable(className);
}

/** Run a job that a transaction has queued. */
export function runJob(job) {
  executeJob(job);
}

/** The choices of a dynamic picklist for a page of App Builder, as `[{label, value}]`. */
export function picklist({ program }, className, context) {
  const type = program.findClass(className);
  if (!type?.isSubtypeOf('visualeditor.dynamicpicklist')) {
    throw new NoSuchEntryPoint(`${className} is no dynamic picklist`);
  }
  const takesContext = type.allConstructors.some(({ parameters }) => parameters.length === 1);
  const list = construct(type.name, takesContext ? [new DesignTimePageContext(context)] : []);
  const rows = call(list, 'getValues', []);
  if (!(rows instanceof DynamicPickListRows)) return [];
  return rows.rows.map(({ label, value }) => ({ label, value }));
}
