import { LightningElement, api } from 'lwc';
import { fetchRuns, runAgain } from 'shell/flowData';

/** How often to look while something may still run. */
const LOOK_MS = 500;
const STATES = {
  running: 'Running',
  waiting: 'Waits for a person',
  done: 'Done',
  failed: 'Failed'
};

/** What ran of a Flow, or of all of them, newest first; looks again while it is shown. */
export default class FlowRuns extends LightningElement {
  runs = [];

  /** API name; blank shows all Flows. */
  @api flowName = '';

  /** Ids of runs to show; null shows all. */
  @api runIds = null;

  connectedCallback() {
    this.look();
    this.timer = window.setInterval(() => this.look(), LOOK_MS);
  }

  disconnectedCallback() {
    window.clearInterval(this.timer);
  }

  async look() {
    const runs = await fetchRuns(this.flowName).catch(() => this.runs);
    if (JSON.stringify(runs) !== JSON.stringify(this.runs)) this.runs = runs;
  }

  async handleAgain(event) {
    await runAgain(event.target.dataset.run);
    await this.look();
  }

  get shown() {
    const wanted = this.runs.filter(({ id }) => !this.runIds || this.runIds.includes(id));
    return wanted.map((run) => ({
      ...run,
      title: `${run.label}: ${run.records} ${run.records === 1 ? 'interview' : 'interviews'}`,
      stateLabel: STATES[run.state],
      stateClass: run.state === 'failed' ? 'slds-theme_error' : '',
      time: new Date(run.startedAt).toLocaleTimeString('en-GB'),
      calls: run.actionCalls.map(describeCall),
      steps: run.interviews.map(describeInterview),
      canRunAgain: run.interviews.some(({ record }) => record) && run.state !== 'running',
      againLabel: `Run ${run.label} again, the same interviews`
    }));
  }

  get isEmpty() {
    return this.shown.length === 0;
  }
}

function describeCall({ element, requests, counts, message }, place) {
  const outcomes = Object.entries(counts).map(([word, count]) => `${count} ${word}`);
  const text = `${element}: one action call for ${requests}, ${outcomes.join(', ') || 'failed'}`;
  return { key: place, text, message };
}

function describeInterview({ record, path, failure }, place) {
  const text = `${record ?? 'Screen'}: ${path.join(' > ') || 'not started'}`;
  return { key: place, text, failure };
}
