/** What ran: for the page that shows it. */

const KEPT = 100;

/** One transaction of a Flow's interviews. */
export class Run {
  state = 'running';
  problem = null;
  actionCalls = [];
  startedAt = new Date();
  /** Settles when the interviews have ended. */
  done = Promise.resolve();

  constructor(flow, interviews) {
    this.flow = flow;
    this.interviews = interviews;
  }

  /** Note what the interviews did, after the last step. */
  finish({ actionCalls }) {
    this.actionCalls.push(...actionCalls);
    if (this.interviews.every(({ at }) => at === null)) this.state = 'done';
    else if (this.interviews.every(({ element }) => element?.kind === 'screens')) {
      this.state = 'waiting';
    }
    if (this.interviews.some(({ failure }) => failure)) this.state = 'failed';
  }

  /** Note what the interpreter itself could not do. */
  fail(outside, problem) {
    this.finish(outside);
    this.state = 'failed';
    this.problem = problem.message;
  }

  /**
   * Shape: `{id, flow, label, state, problem, startedAt, records, actionCalls, interviews: [{record,
   * path, fault, failure}]}`; `state` is running, waiting (for a person), done or failed; at most 20
   * interviews are told one by one.
   */
  toJSON() {
    const { id, flow, state, problem, startedAt, interviews, actionCalls } = this;
    return {
      id,
      flow: flow.name,
      label: flow.label,
      state,
      problem,
      startedAt,
      records: interviews.length,
      actionCalls: actionCalls.map(summary),
      interviews: interviews.slice(0, 20).map(({ values, path, faultMessage, failure }) => ({
        record: values.get('$Record')?.Id ?? null,
        path,
        fault: faultMessage,
        failure
      }))
    };
  }
}

/** One call: how many requests, how many results of each status or state, the first that failed. */
function summary({ element, actionName, requests, results, problem }) {
  const counts = {};
  for (const { status, state } of results) {
    const word = status ?? state;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  const refused = results.find(({ isSuccess, state }) => isSuccess === false || state === 'failed');
  const message = problem ?? refused?.message ?? refused?.reason ?? null;
  return { element, actionName, requests, counts, message };
}

/** The newest runs. */
export class RunLog {
  #runs = [];
  #count = 0;

  add(run) {
    run.id = ++this.#count;
    this.#runs = [run, ...this.#runs].slice(0, KEPT);
    return run;
  }

  /** Newest first. */
  all() {
    return this.#runs;
  }
}
