/** What the page's server answers about Flows, and about records that people change. */
import { readActions } from '../../flow/actions.mjs';
import {
  automaticOutputsOf,
  builderContextOf,
  elementXml,
  inputVariablesOf
} from '../../flow/builder.mjs';
import { FlowRunner, NoSuchFlow } from '../../flow/flow-runner.mjs';
import { LAYOUTS } from '../../org/layouts.mjs';
import {
  editableFields,
  editView,
  idsToChange,
  MOST_AT_ONCE,
  saveRecords
} from '../../org/saving.mjs';
import { readJson, Refusal, sendJson } from './http.mjs';

/** The table of routes, as in `routes()`. */
export function flowRoutes({ connection, apex, project }) {
  const runner = new FlowRunner(project.flows, { apex, connection });
  const actions = readActions(project.classes);
  const table = [
    ['GET', /^\/data\/flows$/, sendFlows],
    ['GET', /^\/data\/flows\/(\w+)$/, sendFlow],
    ['POST', /^\/data\/flows\/(\w+)\/active$/, setActive],
    ['PUT', /^\/data\/flows\/(\w+)\/elements\/(\w+)$/, saveElement],
    ['DELETE', /^\/data\/flows\/(\w+)\/elements\/(\w+)$/, resetElement],
    ['POST', /^\/data\/flows\/(\w+)\/interviews$/, startInterview],
    ['POST', /^\/data\/interviews\/([\w-]+)$/, goOn],
    ['GET', /^\/data\/flow-runs$/, sendRuns],
    ['POST', /^\/data\/flow-runs\/(\d+)\/again$/, runAgain],
    ['GET', /^\/data\/records\/(\w+)\/(\w+)\/edit$/, sendForm],
    ['POST', /^\/data\/records\/(\w+)\/(\w+)$/, saveOne],
    ['POST', /^\/data\/lists\/(\w+)\/changes$/, saveMany]
  ];
  return table.map(([method, pattern, handler]) => [method, pattern, refusing(handler)]);

  function sendFlows(request, response) {
    sendJson(
      response,
      200,
      [...runner.flows.values()].map((flow) => head(flow))
    );
  }

  function head(flow) {
    const { name, label, description, status, processType, start } = flow;
    return {
      ...{ name, label, description, status },
      kind: processType === 'Flow' ? 'screen' : 'record',
      objectName: start.object ?? null,
      isActive: !runner.inactive.has(name)
    };
  }

  async function sendFlow(request, response, name) {
    const flow = runner.flow(name);
    const { objectName } = head(flow);
    const inputs = [...flow.resources.values()].filter(({ isInput }) => isInput === 'true');
    sendJson(response, 200, {
      ...head(flow),
      inputs: inputs.map((input) => input.name),
      editable: objectName ? editableFields(await connection.describe(objectName)) : [],
      elements: topDown(flow.elements).map((element) => elementView(name, element)),
      builderContext: builderContextOf(flow),
      automaticOutputVariables: automaticOutputsOf(flow, actions)
    });
  }

  function elementView(flowName, element) {
    const action = actions.get(element.actionName);
    return {
      name: element.name,
      label: element.label,
      kind: element.kind,
      action: action?.label ?? null,
      editor: action?.editor ?? null,
      inputVariables: action ? inputVariablesOf(element) : [],
      isEdited: runner.isEdited(flowName, element.name),
      xml: elementXml(element)
    };
  }

  async function setActive(request, response, name) {
    const { isActive } = await readJson(request);
    const flow = runner.flow(name);
    if (isActive) runner.inactive.delete(name);
    else runner.inactive.add(name);
    sendJson(response, 200, head(flow));
  }

  async function saveElement(request, response, name, elementName) {
    const { inputVariables } = await readJson(request);
    const element = runner.edit(name, elementName, inputVariables);
    sendJson(response, 200, elementView(name, element));
  }

  function resetElement(request, response, name, elementName) {
    sendJson(response, 200, elementView(name, runner.reset(name, elementName)));
  }

  async function startInterview(request, response, name) {
    const { inputs } = await readJson(request);
    sendJson(response, 200, await runner.start(name, inputs));
  }

  async function goOn(request, response, interviewId) {
    const { answers } = await readJson(request);
    sendJson(response, 200, await runner.next(interviewId, answers));
  }

  function sendRuns(request, response) {
    const { searchParams } = new URL(request.url, 'http://localhost');
    const wanted = searchParams.get('flow');
    const runs = runner.log.all().filter(({ flow }) => !wanted || flow.name === wanted);
    sendJson(response, 200, runs);
  }

  function runAgain(request, response, runId) {
    sendJson(response, 200, runner.again(Number(runId)));
  }

  async function sendForm(request, response, objectName, recordId) {
    refuseUneditable(objectName);
    const form = await editView(connection, objectName, recordId);
    if (!form) throw new Refusal(404, `The org has no ${objectName} ${recordId}.`);
    sendJson(response, 200, form);
  }

  async function saveOne(request, response, objectName, recordId) {
    refuseUneditable(objectName);
    const { fields } = await readJson(request);
    const changes = [{ ...editedFields(objectName, fields), Id: recordId }];
    sendJson(response, 200, await saveRecords(connection, runner, objectName, changes));
  }

  async function saveMany(request, response, objectName) {
    refuseUneditable(objectName);
    const { field, value, count } = await readJson(request);
    if (!Number.isInteger(count) || count < 1 || count > MOST_AT_ONCE) {
      throw new Refusal(400, `Between 1 and ${MOST_AT_ONCE} records can be saved at once.`);
    }
    const change = editedFields(objectName, { [field]: value });
    const ids = await idsToChange(connection, objectName, field, value, count);
    const changes = ids.map((Id) => ({ ...change, Id }));
    sendJson(response, 200, await saveRecords(connection, runner, objectName, changes));
  }
}

/** Elements as they stand on the canvas, from the start downwards. */
function topDown(elements) {
  return [...elements.values()].sort((one, other) => one.locationY - other.locationY);
}

function editedFields(objectName, fields) {
  const unknown = Object.keys(fields ?? {}).find(
    (name) => !LAYOUTS[objectName].edited.includes(name)
  );
  if (!fields || unknown) throw new Refusal(400, `The page does not change ${unknown}.`);
  return fields;
}

function refuseUneditable(objectName) {
  if (!LAYOUTS[objectName]?.edited) throw new Refusal(404, `The page does not edit ${objectName}.`);
}

/** A Flow that is not there is the caller's mistake. */
function refusing(handler) {
  return async (...args) => {
    try {
      await handler(...args);
    } catch (problem) {
      throw problem instanceof NoSuchFlow ? new Refusal(404, problem.message) : problem;
    }
  };
}
