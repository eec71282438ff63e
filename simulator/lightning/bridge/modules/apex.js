/** Stands in for `@salesforce/apex`. */
import { refreshState } from './wire-adapter.js';

/** Ask again for what a wire shows; `wired` is the whole object the wire gave. Resolves when asked. */
export function refreshApex(wired) {
  return refreshState(wired);
}

/** The value of `field` (an import of `@salesforce/schema`) in an SObject that Apex returned. */
export function getSObjectValue(sObject, field) {
  const path = (field.fieldApiName ?? field).split('.');
  return path.reduce((value, name) => value?.[name], sObject);
}
