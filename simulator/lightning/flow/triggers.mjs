/** Which record-triggered Flows a save starts, on their asynchronous path. */
import { allHold } from './conditions.mjs';
import { NotRunHere } from './faults.mjs';

/**
 * Where the Flow begins for a record that was saved, or null when it does not.
 * @param before the record as it was, null for a new one; `after` as it is now.
 */
export function startFor(flow, objectName, before, after) {
  const { start } = flow;
  if (start.triggerType === undefined || start.object !== objectName) return null;
  if (!happens(flow, before) || !meets(flow, after)) return null;
  const isOnlyOnChange = start.doesRequireRecordChangedToMeetCriteria === 'true';
  if (isOnlyOnChange && before !== null && meets(flow, before)) return null;
  return asynchronousPath(flow);
}

function happens({ name, start: { triggerType, recordTriggerType } }, before) {
  if (triggerType !== 'RecordAfterSave') throw new NotRunHere(name, 'Start', triggerType);
  const [created, updated] = [before === null, before !== null];
  const kinds = { Create: created, Update: updated, CreateAndUpdate: true };
  if (!(recordTriggerType in kinds)) throw new NotRunHere(name, 'Start', recordTriggerType);
  return kinds[recordTriggerType];
}

function meets({ name, start: { filters = [], filterLogic } }, record) {
  const conditions = filters.map(({ field, operator, value }) => ({
    operator,
    left: record[field] ?? null,
    right: literal(name, value)
  }));
  return allHold(conditions, { flowName: name, elementName: 'Start', logic: filterLogic });
}

function literal(flowName, value) {
  const [[kind, content]] = Object.entries(value);
  if (kind === 'booleanValue') return content === 'true';
  if (kind === 'stringValue') return content;
  throw new NotRunHere(flowName, 'Start', kind);
}

function asynchronousPath({ name, start: { connector, scheduledPaths = [] } }) {
  if (connector) throw new NotRunHere(name, 'Start', 'a path that runs immediately');
  const [path] = scheduledPaths;
  if (scheduledPaths.length !== 1 || path.pathType !== 'AsyncAfterCommit') {
    throw new NotRunHere(name, 'Start', 'other scheduled paths than Run Asynchronously');
  }
  return path.connector.targetReference;
}
