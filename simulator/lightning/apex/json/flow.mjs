import { to } from '../runtime/conversion.mjs';
import { get } from '../runtime/members.mjs';
import { instanceFields, write } from './write.mjs';
import { typed } from './read.mjs';

/** Inputs and outputs of an action are @InvocableVariable, members of Apex-defined types @AuraEnabled. */
const isForFlows = ({ annotations }) =>
  'invocablevariable' in annotations || 'auraenabled' in annotations;

/** What a Flow receives of an action's answer, as plain data. */
export function toFlow(value) {
  return JSON.parse(write(value, { suppressNulls: false, membersOf: flowMembers }));
}

function flowMembers(object) {
  return instanceFields(object)
    .filter(isForFlows)
    .map((field) => [field.name, get(object, field.name)]);
}

/** The inputs of an action as a Flow passes them; an input that is not there is a JSONException. */
export function fromFlow(value, type) {
  return to(type, typed(value, type, { fieldFilter: isForFlows, strict: true }));
}
