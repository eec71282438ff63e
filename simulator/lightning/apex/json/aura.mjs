import { to } from '../runtime/conversion.mjs';
import { get } from '../runtime/members.mjs';
import { instanceFields, write } from './write.mjs';
import { typed } from './read.mjs';

const isAuraEnabled = (field) => 'auraenabled' in field.annotations;

/** What a component receives of a value: instances show their @AuraEnabled members only. */
export function toComponent(value) {
  return JSON.parse(write(value, { suppressNulls: false, membersOf: auraMembers }));
}

function auraMembers(object) {
  return instanceFields(object)
    .filter(isAuraEnabled)
    .map((field) => [field.name, get(object, field.name)]);
}

/** The argument of a parameter as a component sent it; what was not sent is null. */
export function fromComponent(value, type) {
  if (value === undefined || value === null) return null;
  return to(type, typed(value, type, { fieldFilter: isAuraEnabled }));
}
