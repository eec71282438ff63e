/** Small Flows for tests: only what a test is about. */
import { readFlow } from '../definition.mjs';

/** A record-triggered Flow on Case that begins at `first`; `body` holds its elements. */
export function flowWith(body, { first = 'Step', start = '', name = 'Sample' } = {}) {
  return readFlow(
    name,
    `<Flow xmlns="http://soap.sforce.com/2006/04/metadata">
      ${body}
      <label>${name}</label><status>Draft</status><processType>AutoLaunchedFlow</processType>
      <start>
        <object>Case</object><recordTriggerType>CreateAndUpdate</recordTriggerType>
        <triggerType>RecordAfterSave</triggerType>${start}
        <scheduledPaths>
          <connector><targetReference>${first}</targetReference></connector>
          <pathType>AsyncAfterCommit</pathType>
        </scheduledPaths>
      </start>
    </Flow>`
  );
}

/** Apex and an org that remember what was asked. */
export function outsideWorld({
  records = {},
  answer = () => ({ isSuccess: true, status: 'ACCEPTED' })
} = {}) {
  const world = { actions: [], queries: [], created: [] };
  world.apex = {
    async callInvocable(className, requests) {
      world.actions.push({ className, requests });
      const results = requests.map(answer);
      const failed = results.find((result) => result instanceof Error);
      return failed
        ? { ok: false, error: { message: failed.message } }
        : { ok: true, value: results };
    }
  };
  world.connection = {
    async query(soql) {
      world.queries.push(soql);
      const objectName = soql.match(/FROM (\w+)/)[1];
      return (records[objectName] ?? []).filter(({ Id }) => soql.includes(`'${Id}'`));
    },
    async create(objectName, rows) {
      world.created.push(...rows.map((row) => ({ objectName, ...row })));
      return rows.map((_row, place) => ({ id: `made-${place}` }));
    }
  };
  return world;
}
