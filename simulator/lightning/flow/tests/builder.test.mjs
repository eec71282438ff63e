/** What the local page gives to a property editor, as Flow Builder would. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { salesforceProject } from '../../org/project.mjs';
import { readActions } from '../actions.mjs';
import {
  automaticOutputsOf,
  builderContextOf,
  elementXml,
  inputVariablesOf,
  withInputs
} from '../builder.mjs';
import { readFlows } from '../definition.mjs';

const project = salesforceProject();
const flow = readFlows(project.flows).get('Personalization_Case_Closed');
const actions = readActions(project.classes);
const send = flow.elements.get('Send_Case');

test('the actions are read from our classes, with inputs, outputs and editor', () => {
  const { label, category, editor, inputs, outputs } = actions.get('SendDataToPersonalization');
  assert.equal(label, 'Automate Data Sent for Personalization');
  assert.deepEqual([category, editor], ['Personalization', 'c-send-data-editor']);
  const required = inputs.filter((input) => input.required).map(({ name }) => name);
  assert.deepEqual(required, ['interactionName', 'dataset']);
  const profileObjects = inputs.find(({ name }) => name === 'profileObjects');
  assert.deepEqual(
    [profileObjects.isCollection, profileObjects.apexClass],
    [true, 'PersonalizationProfileObject']
  );
  assert.ok(outputs.some(({ name, dataType }) => name === 'isSuccess' && dataType === 'Boolean'));
  assert.ok(!outputs.some(({ name }) => name === 'dataset'));
  assert.equal(actions.get('GetNextBest').editor, null);
});

test('every input of the shipped Flows is one that the action declares', () => {
  for (const { elements } of readFlows(project.flows).values()) {
    for (const element of elements.values()) {
      if (element.kind !== 'actionCalls') continue;
      const declared = actions.get(element.actionName).inputs.map(({ name }) => name);
      for (const { name } of inputVariablesOf(element)) assert.ok(declared.includes(name), name);
    }
  }
});

test('an editor gets resources without braces, and switches as booleans', () => {
  const inputs = inputVariablesOf(send);
  const byName = Object.fromEntries(inputs.map((input) => [input.name, input]));
  assert.deepEqual(byName.identityValue1, {
    name: 'identityValue1',
    value: 'Get_Contact.Email',
    valueDataType: 'reference'
  });
  assert.deepEqual(byName.dataset, { name: 'dataset', value: 'retail', valueDataType: 'String' });
  const edited = withInputs(send, [
    { name: 'validateOnly', value: true, valueDataType: 'Boolean' }
  ]);
  assert.deepEqual(inputVariablesOf(edited)[0].value, true);
  assert.throws(
    () => withInputs(send, [{ name: 'dataset', value: 1, valueDataType: 'Text' }]),
    /dataset: no data type Text/
  );
});

test('an editor sees the elements around it, and what they store', () => {
  const context = builderContextOf(flow);
  assert.equal(context.start.object, 'Case');
  assert.equal(context.recordLookups[0].name, 'Get_Contact');
  assert.deepEqual(context.variables, []);
  const outputs = automaticOutputsOf(flow, actions);
  assert.ok(outputs.Send_Case.some(({ name }) => name === 'correlationId'));
});

test('what an editor leaves as it is stands in the metadata as before', () => {
  assert.equal(elementXml(withInputs(send, inputVariablesOf(send))), elementXml(send));
  assert.match(elementXml(send), /^<actionCalls>\n {4}<name>Send_Case<\/name>/);
});
