/** Actions, inputs and objects that a Flow names exist. */
import { flowNameFaults } from './flow-names.mjs';
import { annotation, classesOf, membersOf } from '../reading/apex.mjs';

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* flowFaults(inventory) {
  for (const { file, root } of inventory.project.documents('.flow-meta.xml')) {
    const faults = [
      ...actionFaults(root, inventory),
      ...objectFaults(root, inventory),
      ...flowNameFaults(root)
    ];
    yield* faults.map((fault) => ({ file, ...fault }));
  }
}

function* actionFaults(root, inventory) {
  for (const call of root.all('actionCalls')) {
    if (call.value('actionType') !== 'apex') continue;
    const name = call.value('actionName') ?? '';
    const entry = inventory.classes.get(name.toLowerCase());
    const method =
      entry && membersOf(entry.apexClass).find((one) => annotation(one, 'invocablemethod'));
    if (method) yield* inputFaults(call, method, entry.apexFile);
    else yield fault(call, `there is no class ${name} with an @InvocableMethod`);
  }
}

/** Inputs are the @InvocableVariables of the class that the action takes a List of. */
function* inputFaults(call, method, apexFile) {
  const requestType = /^List<(?:\w+\.)?(\w+)>$/i.exec(method.parameters[0]?.type ?? '')?.[1];
  const request = classesOf(apexFile).find((one) => one.name === requestType);
  if (!request) return;
  const known = membersOf(request).filter((member) => annotation(member, 'invocablevariable'));
  const given = call.all('inputParameters').map((input) => input.value('name'));
  for (const input of call.all('inputParameters')) {
    if (known.some(({ name }) => name === input.value('name'))) continue;
    yield fault(input, `${requestType} has no input ${input.value('name')}`);
  }
  for (const member of known) {
    const required = annotation(member, 'invocablevariable').values.get('required') === 'true';
    if (required && !given.includes(member.name)) {
      yield fault(call, `the required input ${member.name} is not given`);
    }
  }
}

function* objectFaults(root, { objects }) {
  for (const element of [...root.within('object'), ...root.within('objectType')]) {
    if (!objects.has(element.text)) yield fault(element, `there is no object ${element.text}`);
  }
}

function fault({ line }, message) {
  return { line, message };
}
