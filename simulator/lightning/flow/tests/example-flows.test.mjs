/** The package's own Flows, run as they stand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { salesforceProject } from '../../org/project.mjs';
import { FlowRunner } from '../flow-runner.mjs';
import { outsideWorld } from './sample-flows.mjs';

const CONTACT = { Id: '003000000000001AAA', Email: 'ada@example.com' };
const LEAD = { Id: '00Q000000000001AAA', Email: 'lea@example.com' };
const OPEN_CASE = {
  ...{ Id: '500000000000001AAA', OwnerId: '005000000000001AAA', ContactId: CONTACT.Id },
  ...{
    Status: 'Working',
    IsClosed: false,
    Subject: 'Broken cup',
    Reason: 'Damaged',
    Priority: 'Low'
  }
};
const closed = (record) => ({ ...record, Status: 'Closed', IsClosed: true });
const KNOWN = { records: { Contact: [CONTACT], Lead: [LEAD] } };

const runnerIn = (world) => new FlowRunner(salesforceProject().flows, world);

async function save(world, objectName, pairs) {
  const runs = runnerIn(world).saved(objectName, pairs);
  await Promise.all(runs.map(({ done }) => done));
  return runs.map((run) => run.toJSON());
}

test('a case that is closed is sent as a profile object of its contact', async () => {
  const world = outsideWorld(KNOWN);
  const [run] = await save(world, 'Case', [{ before: OPEN_CASE, after: closed(OPEN_CASE) }]);
  assert.deepEqual(world.actions, [
    {
      className: 'SendDataToPersonalization',
      requests: [
        {
          interactionName: 'CRM Case Closed',
          dataset: 'retail',
          identityTypes: 'emailAddress',
          identityValue1: CONTACT.Email,
          profileObjectType: 'Case',
          profileObjectId: OPEN_CASE.Id,
          profileObjectAttributeNames: 'status, subject, reason, priority',
          profileObjectAttributeValue1: 'Closed',
          profileObjectAttributeValue2: 'Broken cup',
          profileObjectAttributeValue3: 'Damaged',
          profileObjectAttributeValue4: 'Low',
          recordId: OPEN_CASE.Id
        }
      ]
    }
  ]);
  assert.equal(run.state, 'done');
  assert.deepEqual(run.interviews[0].path, [
    'Get_Contact',
    'Is_There_an_Address',
    'Send_Case',
    'Was_It_Accepted'
  ]);
});

test('a case that stays open, or was closed before, starts nothing', async () => {
  const world = outsideWorld(KNOWN);
  const pairs = [
    { before: OPEN_CASE, after: { ...OPEN_CASE, Status: 'Escalated' } },
    { before: closed(OPEN_CASE), after: { ...closed(OPEN_CASE), Priority: 'High' } }
  ];
  assert.deepEqual(await save(world, 'Case', pairs), []);
  assert.deepEqual(world.actions, []);
});

test('a case without a contact, or one without an address, sends nothing and fails nothing', async () => {
  const world = outsideWorld({ records: { Contact: [{ ...CONTACT, Email: null }] } });
  const orphan = { ...OPEN_CASE, Id: '500000000000002AAA', ContactId: null };
  const pairs = [OPEN_CASE, orphan].map((record) => ({ before: record, after: closed(record) }));
  const [run] = await save(world, 'Case', pairs);
  assert.deepEqual([run.state, run.records, world.actions], ['done', 2, []]);
});

test('200 cases make one query and one action call', async () => {
  const world = outsideWorld(KNOWN);
  const pairs = Array.from({ length: 200 }, (_none, place) => {
    const record = { ...OPEN_CASE, Id: `500${String(place).padStart(12, '0')}AAA` };
    return { before: record, after: closed(record) };
  });
  const [run, ...others] = await save(world, 'Case', pairs);
  assert.equal(others.length, 0);
  assert.equal(world.queries.length, 1);
  assert.deepEqual(
    world.actions.map(({ requests }) => requests.length),
    [200]
  );
  assert.deepEqual(run.actionCalls[0].counts, { ACCEPTED: 200 });
});

test('the 201st case begins another transaction', async () => {
  const world = outsideWorld(KNOWN);
  const pairs = Array.from({ length: 201 }, () => ({ before: null, after: closed(OPEN_CASE) }));
  await save(world, 'Case', pairs);
  assert.deepEqual(world.actions.map(({ requests }) => requests.length).sort(), [1, 200]);
});

test('a case that is not accepted makes a task for its owner, the others end well', async () => {
  const refusal = { isSuccess: false, status: 'REJECTED', code: 'WRONG_TYPE', message: 'No.' };
  const answer = ({ profileObjectId }) =>
    profileObjectId === OPEN_CASE.Id ? refusal : { isSuccess: true, status: 'ACCEPTED' };
  const world = outsideWorld({ ...KNOWN, answer });
  const other = { ...OPEN_CASE, Id: '500000000000002AAA' };
  const pairs = [OPEN_CASE, other].map((record) => ({ before: record, after: closed(record) }));
  const [run] = await save(world, 'Case', pairs);
  assert.deepEqual(world.created, [
    {
      objectName: 'Task',
      Description: 'REJECTED WRONG_TYPE No. ',
      OwnerId: OPEN_CASE.OwnerId,
      Subject: 'Personalization did not get this case',
      WhatId: OPEN_CASE.Id
    }
  ]);
  assert.deepEqual(run.actionCalls[0].counts, { REJECTED: 1, ACCEPTED: 1 });
});

test('an action that faults takes the fault path of every interview', async () => {
  const world = outsideWorld({ ...KNOWN, answer: () => new Error('Too late') });
  const [run] = await save(world, 'Case', [{ before: OPEN_CASE, after: closed(OPEN_CASE) }]);
  assert.equal(world.created[0].Description, '   Too late');
  assert.equal(run.interviews[0].fault, 'Too late');
});

test('a lead that changes sends its attributes, a number as text', async () => {
  const world = outsideWorld(KNOWN);
  const lead = { ...LEAD, Title: 'Buyer', Status: 'Working', NumberOfEmployees: 12 };
  await save(world, 'Lead', [{ before: { ...lead, Title: 'Owner' }, after: lead }]);
  const [request] = world.actions[0].requests;
  assert.equal(request.attributeNames, 'jobTitle, leadStatus, employees:number');
  assert.deepEqual(
    [request.attributeValue1, request.attributeValue2, request.attributeValue3],
    ['Buyer', 'Working', '12']
  );
  assert.deepEqual(
    [request.identityTypes, request.identityValue1, request.identityValue2],
    ['emailAddress, sfcrmLeadId', LEAD.Email, LEAD.Id]
  );
});

test('a lead or contact without an address starts nothing', async () => {
  const world = outsideWorld(KNOWN);
  assert.deepEqual(
    await save(world, 'Lead', [{ before: null, after: { ...LEAD, Email: null } }]),
    []
  );
  assert.deepEqual(await save(world, 'Contact', [{ before: null, after: { Id: CONTACT.Id } }]), []);
});

test('the same interview runs again with its own id and the record as it was', async () => {
  const world = outsideWorld(KNOWN);
  const runner = runnerIn(world);
  const [run] = runner.saved('Lead', [{ before: null, after: LEAD }]);
  await run.done;
  const again = runner.again(run.id);
  await again.done;
  assert.equal(again.interviews[0].id, run.interviews[0].id);
  assert.deepEqual(world.actions[1], world.actions[0]);
  assert.throws(() => runner.again(99), /no run 99/);
});

const OFFER = 'Personalization_Offer_Next_Best_Promotion';
const PROMOTION = {
  ...{
    state: 'ok',
    hasItems: true,
    firstName: '<b>Tea</b> set',
    firstDescription: 'Ten percent off'
  },
  ...{ firstCallToAction: null, reason: null }
};
const offering = (outcome) => ({
  ...KNOWN,
  answer: (request) => ('whatToRead' in request ? outcome : { isSuccess: true, message: null })
});

test('the screen Flow shows the promotion, asks, notes the answer and tells an acceptance', async () => {
  const world = outsideWorld(offering(PROMOTION));
  const runner = runnerIn(world);
  const { interviewId, state, screen } = await runner.start(OFFER, { recordId: CONTACT.Id });
  assert.equal(state, 'screen');
  assert.equal(world.actions[0].requests[0].identityValue, CONTACT.Email);
  assert.deepEqual(screen.fields[0].paragraphs, ['<b>Tea</b> set', 'Ten percent off']);
  assert.deepEqual(
    screen.fields[1].choices.map(({ value }) => value),
    ['Accepted', 'Declined', 'Undecided']
  );
  const refused = await runner.next(interviewId, { Note: 'hm' });
  assert.equal(refused.problem, 'How did the person answer?: enter a value.');
  const ended = await runner.next(interviewId, { Answer: 'Accepted', Note: 'by phone' });
  assert.deepEqual(ended, { interviewId, state: 'finished', message: null });
  assert.equal(world.actions[1].requests[0].interactionName, 'CRM Offer Accepted');
  assert.equal(world.actions[1].requests[0].interviewId, interviewId);
  const [task] = world.created;
  assert.deepEqual(
    [task.Subject, task.Description.trim(), task.WhoId],
    ['Offered <b>Tea</b> set: Accepted', 'by phone', CONTACT.Id]
  );
  await assert.rejects(runner.next(interviewId, {}), /has ended/);
});

test('the screen Flow serves leads, and does not tell a refusal', async () => {
  const world = outsideWorld(offering(PROMOTION));
  const runner = runnerIn(world);
  const { interviewId } = await runner.start(OFFER, { recordId: LEAD.Id });
  assert.equal(world.actions[0].requests[0].identityValue, LEAD.Email);
  await runner.next(interviewId, { Answer: 'Declined' });
  assert.deepEqual([world.actions.length, world.created.length], [1, 1]);
});

test('started from a card with an accepted item, it asks for the next step and plans it', async () => {
  const world = outsideWorld(offering(PROMOTION));
  const runner = runnerIn(world);
  const item = { itemId: 'tea', itemType: 'Promotion', itemName: 'Tea set', campaignId: 'c1' };
  const { interviewId, screen } = await runner.start(OFFER, { recordId: LEAD.Id, ...item });
  assert.deepEqual(screen.fields[0].paragraphs, ['Tea set was accepted.']);
  await runner.next(interviewId, { What_Is_Next: 'Call back' });
  assert.deepEqual(world.actions, []);
  const [{ Subject, Description, WhoId }] = world.created;
  assert.deepEqual(
    [Subject, Description, WhoId],
    ['Accepted: Tea set', 'Call back (Promotion tea, campaign c1)', LEAD.Id]
  );
});

test('the screen Flow says why there is nothing to offer, and what failed', async () => {
  const empty = { state: 'empty', hasItems: false, reason: 'Belongs to the control group.' };
  const nothing = await runnerIn(outsideWorld(offering(empty))).start(OFFER, { recordId: LEAD.Id });
  assert.equal(nothing.screen.name, 'Nothing_to_Offer');
  assert.match(nothing.screen.fields[0].paragraphs[0], /control group/);
  const broken = outsideWorld(offering(new Error('Out of order')));
  const failed = await runnerIn(broken).start(OFFER, { recordId: LEAD.Id });
  assert.match(failed.screen.fields[0].paragraphs[0], /Out of order/);
});

test('a Flow that is not active starts nothing', async () => {
  const world = outsideWorld(KNOWN);
  const runner = runnerIn(world);
  runner.inactive.add(OFFER).add('Personalization_Lead_Changed');
  await assert.rejects(runner.start(OFFER, { recordId: LEAD.Id }), /is not active/);
  assert.deepEqual(runner.saved('Lead', [{ before: null, after: LEAD }]), []);
});

test('an action is edited for the runs to come, and reset to what the file says', async () => {
  const world = outsideWorld(KNOWN);
  const runner = runnerIn(world);
  const edit = ['Personalization_Lead_Changed', 'Send_Lead'];
  runner.edit(...edit, [{ name: 'dataset', value: 'outlet', valueDataType: 'String' }]);
  assert.equal(runner.isEdited(...edit), true);
  await runner.saved('Lead', [{ before: null, after: LEAD }])[0].done;
  assert.deepEqual(world.actions[0].requests, [{ dataset: 'outlet' }]);
  runner.reset(...edit);
  assert.equal(runner.isEdited(...edit), false);
  assert.throws(
    () => runner.edit('Personalization_Lead_Changed', 'Was_It_Accepted', []),
    /no action/
  );
});

test('an input that the Flow does not have is refused', async () => {
  const runner = runnerIn(outsideWorld());
  await assert.rejects(runner.start(OFFER, { record: 'x' }), /no input record/);
  await assert.rejects(runner.start('Nobody'), /no Flow Nobody/);
});
