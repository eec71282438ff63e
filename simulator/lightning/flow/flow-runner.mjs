/**
 * The Flows of one org: what a save starts, what a person at a screen goes through, and a record of
 * what ran.
 *
 * Flows of the package are drafts; here all of them are active from the start, as after an
 * administrator has looked at them.
 */
import { inputVariablesOf, withInputs } from './builder.mjs';
import { readFlows } from './definition.mjs';
import { Interview } from './interview.mjs';
import { Outside } from './outside.mjs';
import { Run, RunLog } from './run-log.mjs';
import { run } from './running.mjs';
import { shownScreen, takeAnswers } from './screens.mjs';
import { startFor } from './triggers.mjs';

/** As many interviews as the platform runs in one transaction. */
const MOST_INTERVIEWS = 200;
/** Open screens that are remembered; the oldest are forgotten. */
const MOST_OPEN = 100;

/** Raised when a caller names a Flow or an interview that is not there. */
export class NoSuchFlow extends Error {}

export class FlowRunner {
  #open = new Map();

  /** @param parts `{apex, connection}`; `directory` holds the Flows. */
  constructor(directory, parts) {
    this.packaged = readFlows(directory);
    this.flows = new Map(this.packaged);
    this.inactive = new Set();
    this.parts = parts;
    this.log = new RunLog();
  }

  /** A Flow by its API name. Raises: NoSuchFlow. */
  flow(name) {
    const flow = this.flows.get(name);
    if (!flow) throw new NoSuchFlow(`There is no Flow ${name}.`);
    return flow;
  }

  /** Give an action call other inputs, as saving it in Flow Builder does; the file stays as it is. */
  edit(flowName, elementName, inputVariables) {
    const element = this.#action(flowName, elementName);
    return this.#replace(flowName, withInputs(element, inputVariables));
  }

  /** Give an action call the inputs that stand in the file. */
  reset(flowName, elementName) {
    this.#action(flowName, elementName);
    return this.edit(flowName, elementName, this.#savedInputs(flowName, elementName));
  }

  /** Whether the inputs of an element differ from those in the file. */
  isEdited(flowName, elementName) {
    const element = this.flow(flowName).elements.get(elementName);
    if (element.kind !== 'actionCalls') return false;
    const spelled = (inputs) => JSON.stringify(withInputs(element, inputs).inputParameters);
    const saved = this.#savedInputs(flowName, elementName);
    return spelled(inputVariablesOf(element)) !== spelled(saved);
  }

  #savedInputs(flowName, elementName) {
    return inputVariablesOf(this.packaged.get(flowName).elements.get(elementName));
  }

  #action(flowName, elementName) {
    const element = this.flow(flowName).elements.get(elementName);
    if (element?.kind === 'actionCalls') return element;
    throw new NoSuchFlow(`Flow ${flowName} has no action ${elementName}.`);
  }

  /** Interviews that run keep the elements they began with. */
  #replace(flowName, element) {
    const flow = this.flow(flowName);
    const { kind, name } = element;
    const elements = new Map(flow.elements).set(name, element);
    const { kind: _kind, ...part } = element;
    const parts = flow.metadata[kind].map((one) => (one.name === name ? part : one));
    const metadata = { ...flow.metadata, [kind]: parts };
    this.flows.set(flowName, { ...flow, elements, metadata });
    return element;
  }

  /**
   * Start what a save starts; the asynchronous paths run by themselves from here on.
   * @param pairs `[{before, after}]`, records in full; `before` is null for a new one.
   * @returns the runs, each for up to 200 records.
   */
  saved(objectName, pairs) {
    const runs = [];
    for (const flow of this.flows.values()) {
      if (this.inactive.has(flow.name)) continue;
      const interviews = pairs
        .map(({ before, after }) => ({ after, first: startFor(flow, objectName, before, after) }))
        .filter(({ first }) => first !== null)
        .map(({ after, first }) => new Interview(flow, first, { $Record: after }));
      for (let from = 0; from < interviews.length; from += MOST_INTERVIEWS) {
        runs.push(this.#begin(flow, interviews.slice(from, from + MOST_INTERVIEWS)));
      }
    }
    return runs;
  }

  #begin(flow, interviews) {
    const entry = this.log.add(new Run(flow, interviews));
    const outside = new Outside(this.parts);
    entry.done = run(interviews, outside).then(
      () => entry.finish(outside),
      (problem) => entry.fail(outside, problem)
    );
    return entry;
  }

  /** Run the interviews of an earlier run again, as the platform does after a failure of its own. */
  again(runId) {
    const earlier = this.log.all().find(({ id }) => id === runId);
    if (!earlier?.interviews[0].values.has('$Record')) {
      throw new NoSuchFlow(`There is no run ${runId} that a saved record started.`);
    }
    const { flow } = earlier;
    return this.#begin(
      flow,
      earlier.interviews.map((interview) => interview.again())
    );
  }

  /** Start a Flow for a person at a screen; answers as `next`. */
  async start(name, inputs = {}) {
    const flow = this.flow(name);
    if (this.inactive.has(name)) throw new NoSuchFlow(`The Flow ${name} is not active.`);
    const known = [...flow.resources.values()].filter(({ isInput }) => isInput === 'true');
    const unknown = Object.keys(inputs).find((key) => !known.some((input) => input.name === key));
    if (unknown) throw new NoSuchFlow(`Flow ${name} has no input ${unknown}.`);
    const interview = new Interview(flow, flow.start.connector?.targetReference ?? null, inputs);
    const entry = this.log.add(new Run(flow, [interview]));
    return this.#goOn(interview, entry);
  }

  /**
   * Take the answers of a screen and go on.
   * @returns `{interviewId, state: 'screen', screen, problem}`, where `problem` says what is wrong with
   * the answers, or `{interviewId, state: 'finished' | 'failed', message}`.
   */
  async next(interviewId, answers) {
    const { interview, entry } = this.#open.get(interviewId) ?? {};
    if (!interview) throw new NoSuchFlow('This Flow has ended, or waited too long.');
    const problem = takeAnswers(interview, answers);
    if (problem) return { ...screenOf(interview), problem };
    this.#open.delete(interviewId);
    return this.#goOn(interview, entry);
  }

  async #goOn(interview, entry) {
    const outside = new Outside(this.parts);
    try {
      await run([interview], outside);
      const screen = interview.at === null ? null : screenOf(interview);
      if (screen) this.#remember(interview, entry);
      entry.finish(outside);
      if (screen) return screen;
    } catch (problem) {
      entry.fail(outside, problem);
    }
    const message = interview.failure ?? entry.problem;
    return { interviewId: interview.id, state: message ? 'failed' : 'finished', message };
  }

  #remember(interview, entry) {
    this.#open.set(interview.id, { interview, entry });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_OPEN) this.#open.delete(oldest);
  }
}

function screenOf(interview) {
  const screen = shownScreen(interview);
  return { interviewId: interview.id, state: 'screen', screen, problem: null };
}
