/**
 * What elements do.
 *
 * Decisions and assignments concern one interview. Actions, queries and writes are done for all
 * interviews of a transaction that stand before the same element: one call for all of them.
 */
import { allHold } from './conditions.mjs';
import { ElementFault, NotRunHere } from './faults.mjs';
import { resource, valueOf } from './values.mjs';

/** Elements that one interview passes alone: `(element, interview)`. */
export const SINGLE = { assignments: assign, decisions: decide };

/** Elements that interviews pass together: `async (element, interviews, outside)`. */
export const TOGETHER = { actionCalls: act, recordCreates: create, recordLookups: lookUp };

function assign({ assignmentItems, connector }, interview) {
  const { flow, at, values } = interview;
  for (const { assignToReference: name, operator, value } of assignmentItems) {
    if (operator !== 'Assign') throw new NotRunHere(flow.name, at, `the operator ${operator}`);
    if (flow.resources.get(name)?.kind !== 'variables') {
      throw new NotRunHere(flow.name, at, `an assignment to ${name}, which is no variable`);
    }
    values.set(name, valueOf(value, interview));
  }
  interview.leave(connector);
}

function decide({ rules, defaultConnector }, interview) {
  const where = { flowName: interview.flow.name, elementName: interview.at };
  const met = rules.find(({ conditions, conditionLogic }) =>
    allHold(
      conditions.map(({ leftValueReference, operator, rightValue }) => ({
        operator,
        left: resource(leftValueReference, interview),
        right: valueOf(rightValue, interview)
      })),
      { ...where, logic: conditionLogic }
    )
  );
  interview.leave(met ? met.connector : defaultConnector);
}

/** The platform faults all interviews of a call that throws. */
async function act(element, interviews, outside) {
  if (element.actionType !== 'apex') {
    throw new NotRunHere(interviews[0].flow.name, element.name, `${element.actionType} actions`);
  }
  const requests = interviews.map((interview) => {
    const inputs = (element.inputParameters ?? []).map(({ name, value }) => [
      name,
      valueOf(value, interview)
    ]);
    return Object.fromEntries(inputs.filter(([, value]) => value !== null));
  });
  const answer = await outside.callAction(element, requests);
  if (!answer.ok) throw new ElementFault(answer.error.message);
  interviews.forEach((interview, place) => {
    interview.values.set(element.name, answer.value[place]);
    interview.leave(element.connector);
  });
}

async function create({ name, object, inputAssignments, connector }, interviews, outside) {
  const records = interviews.map((interview) => {
    const values = inputAssignments.map(({ field, value }) => [field, valueOf(value, interview)]);
    return Object.fromEntries(values);
  });
  const results = await outside.createRecords(object, records);
  results.forEach(({ id, problem }, place) => {
    if (problem) return interviews[place].fault(problem);
    interviews[place].values.set(name, id);
    return interviews[place].leave(connector);
  });
}

/** Finds the first record of each interview with one query for all: the only filter is the id. */
async function lookUp(element, interviews, outside) {
  const { name, object, filters = [], queriedFields = [], connector } = element;
  const [filter] = filters;
  const isById = filters.length === 1 && filter.field === 'Id' && filter.operator === 'EqualTo';
  if (!isById || element.getFirstRecordOnly !== 'true') {
    throw new NotRunHere(interviews[0].flow.name, name, 'other queries than for one Id');
  }
  const ids = interviews.map((interview) => valueOf(filter.value, interview));
  const found = await outside.recordsById(object, ids.filter(Boolean), queriedFields);
  interviews.forEach((interview, place) => {
    interview.values.set(name, found.get(ids[place]) ?? null);
    interview.leave(connector);
  });
}
