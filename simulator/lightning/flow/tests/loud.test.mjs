/** What the interpreter does not run is named, with its Flow and element, before or when it is met. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interview } from '../interview.mjs';
import { Outside } from '../outside.mjs';
import { run } from '../running.mjs';
import { startFor } from '../triggers.mjs';
import { flowWith, outsideWorld } from './sample-flows.mjs';

const STEP = '<name>Step</name><label>Step</label>';
const decisionOn = (condition) =>
  `<decisions>${STEP}<rules><name>Yes</name><conditionLogic>and</conditionLogic><conditions>${condition}</conditions></rules></decisions>`;
const ACTION = '<actionName>SendDataToPersonalization</actionName>';

const REFUSED_WHEN_READ = {
  'a loop': [`<loops>${STEP}</loops>`, /Flow Sample, Flow: .* loops/],
  'a record update': [`<recordUpdates>${STEP}</recordUpdates>`, /recordUpdates/],
  'a sorted query': [
    `<recordLookups>${STEP}<sortField>Name</sortField></recordLookups>`,
    /Flow Sample, Step: .* sortField/
  ],
  'a screen action': [`<screens>${STEP}<actions></actions></screens>`, /Step: .* actions/]
};

for (const [what, [body, message]] of Object.entries(REFUSED_WHEN_READ)) {
  test(`${what} is refused when the Flow is read`, () => {
    assert.throws(() => flowWith(body), message);
  });
}

const REFUSED_WHEN_MET = {
  'an operator it does not know': [
    decisionOn('<leftValueReference>$Record.Id</leftValueReference><operator>Contains</operator>'),
    /Flow Sample, Step: .* Contains/
  ],
  'a formula it does not know': [
    `<formulas><name>Sum</name><dataType>Number</dataType><expression>1 + 1</expression></formulas>${decisionOn(
      '<leftValueReference>Sum</leftValueReference><operator>IsNull</operator>'
    )}`,
    /Flow Sample, Sum: .* the formula 1 \+ 1/
  ],
  'a resource that is not there': [
    decisionOn('<leftValueReference>Nobody</leftValueReference><operator>IsNull</operator>'),
    /Step: .*\{!Nobody\}/
  ],
  'an action that is not Apex': [
    `<actionCalls>${STEP}<actionType>emailSimple</actionType>${ACTION}</actionCalls>`,
    /Step: .* emailSimple actions/
  ],
  'a query by anything but the id': [
    `<recordLookups>${STEP}<object>Contact</object><getFirstRecordOnly>true</getFirstRecordOnly><filters><field>Email</field><operator>EqualTo</operator><value><stringValue>a</stringValue></value></filters></recordLookups>`,
    /Step: .* other queries than for one Id/
  ],
  'a date in a value': [
    `<actionCalls>${STEP}<actionType>apex</actionType>${ACTION}<inputParameters><name>dataset</name><value><dateValue>2026-11-21</dateValue></value></inputParameters></actionCalls>`,
    /Step: .* dateValue/
  ],
  'a connector that leads nowhere': ['', /Step: .* leads nowhere/]
};

for (const [what, [body, message]] of Object.entries(REFUSED_WHEN_MET)) {
  test(`${what} is refused when an interview meets it`, async () => {
    const interview = new Interview(flowWith(body), 'Step', { $Record: { Id: '1' } });
    await assert.rejects(run([interview], new Outside(outsideWorld())), message);
  });
}

test('a field that the record does not have takes the fault path, and names the reference', async () => {
  const body = `<actionCalls>${STEP}<actionType>apex</actionType>${ACTION}<inputParameters><name>dataset</name><value><elementReference>$Record.Emial</elementReference></value></inputParameters></actionCalls>`;
  const interview = new Interview(flowWith(body), 'Step', { $Record: { Id: '1' } });
  await run([interview], new Outside(outsideWorld()));
  assert.match(interview.failure, /Step: .*\{!\$Record\.Emial\} has no Emial/);
});

const STARTS = {
  'before save': ['<triggerType>RecordBeforeSave</triggerType>', /RecordBeforeSave/],
  'conditions joined by or': ['<filterLogic>or</filterLogic>', /condition logic or/],
  'a path that runs immediately': [
    '<connector><targetReference>Step</targetReference></connector>',
    /runs immediately/
  ]
};

for (const [what, [start, message]] of Object.entries(STARTS)) {
  test(`a start with ${what} is refused`, () => {
    const flow = flowWith('');
    const [[, name, value]] = start.matchAll(/^<(\w+)>(.*)<\/\1>$/g);
    flow.start = { ...flow.start, [name]: value };
    assert.throws(() => startFor(flow, 'Case', null, {}), message);
  });
}

test('a Flow for new records does not start at a change, nor one for changes at a new record', () => {
  const flow = flowWith('');
  const kind = (recordTriggerType) => ({ ...flow, start: { ...flow.start, recordTriggerType } });
  assert.equal(startFor(kind('Create'), 'Case', {}, {}), null);
  assert.equal(startFor(kind('Create'), 'Case', null, {}), 'Step');
  assert.equal(startFor(kind('Update'), 'Case', null, {}), null);
  assert.equal(startFor(flow, 'Lead', null, {}), null);
});
