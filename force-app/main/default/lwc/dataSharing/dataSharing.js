import { LightningElement } from 'lwc';
import checkPermissions from '@salesforce/apex/DataSharingController.checkPermissions';
import getRejectedRows from '@salesforce/apex/DataSharingController.getRejectedRows';
import getRuns from '@salesforce/apex/DataSharingController.getRuns';
import share from '@salesforce/apex/DataSharingController.share';
import ALL_WELL from '@salesforce/label/c.Personalization_Sharing_AllWell';
import BEGUN from '@salesforce/label/c.Personalization_Sharing_Begun';
import CHECK from '@salesforce/label/c.Personalization_Sharing_Check';
import EMPTY from '@salesforce/label/c.Personalization_Sharing_Empty';
import FINDINGS from '@salesforce/label/c.Personalization_Sharing_Findings';
import IN_PROGRESS from '@salesforce/label/c.Personalization_Sharing_InProgress';
import NOT_CONFIGURED from '@salesforce/label/c.Personalization_Sharing_NotConfigured';
import RUNS from '@salesforce/label/c.Personalization_Sharing_Runs';
import SHARE_NOW from '@salesforce/label/c.Personalization_Sharing_ShareNow';
import TITLE from '@salesforce/label/c.Personalization_Sharing_Title';
import { Polling } from 'c/polling';
import { reduceErrors } from 'c/reduceErrors';
import { newKey } from 'c/requestKey';

const LIVE_SECONDS = 4; // how soon the page shows that a run has moved
/** Stopped because much would change: to be released by who has read the plan, on a terminal. */
const BRAKE = 'BRAKE';
/** Faults that are no trouble of the service: a sentence is enough. */
const NOTICES = { NOT_CONFIGURED, RUN_IN_PROGRESS: IN_PROGRESS };

/** What data sharing did, does, and cannot do; begins it on request. */
export default class DataSharing extends LightningElement {
  runs;
  findings;
  fault;
  notice = '';
  retry;
  isChecking = false;
  isStarting = false;
  isNotConfigured = false;
  now = Date.now();

  label = {
    check: CHECK,
    empty: EMPTY,
    findings: FINDINGS,
    runs: RUNS,
    shareNow: SHARE_NOW,
    title: TITLE
  };

  connectedCallback() {
    this.polling = new Polling(() => this.follow(), { seconds: LIVE_SECONDS });
    this.polling.start();
    this.load();
  }

  disconnectedCallback() {
    this.polling.stop();
  }

  get isLoading() {
    return !this.runs && !this.fault && !this.isNotConfigured;
  }

  get isEmpty() {
    return this.runs?.length === 0;
  }

  get isRunning() {
    return this.runs?.some(({ state }) => state === 'running') ?? false;
  }

  get isBusy() {
    return this.isChecking || this.isStarting || this.isLoading;
  }

  get cannotShare() {
    return !this.runs || this.isRunning || this.isStarting;
  }

  /** The service goes on with the newest stopped run; only one that needs no other decision. */
  get shownRuns() {
    const resumed = this.runs.find(({ state }) => state === 'stopped');
    const canResume = !this.cannotShare && resumed?.code !== BRAKE;
    return this.runs.map((run) => ({ run, canResume: canResume && run === resumed }));
  }

  get hasFindings() {
    return this.findings?.length > 0;
  }

  load() {
    return this.attempt(() => this.readRuns());
  }

  async readRuns() {
    const runs = await getRuns();
    const isNews = JSON.stringify(runs) !== JSON.stringify(this.runs);
    this.runs = runs;
    this.now = Date.now();
    if (this.notice === BEGUN && !this.isRunning) {
      this.notice = ''; // the run itself says what became of it
    }
    return isNews;
  }

  /** One round of the polling. A single failure is no news for the reader; the pace slackens. */
  async follow() {
    return this.fault || this.isNotConfigured ? false : this.readRuns();
  }

  /** Do what the reader asked for, and say what became of it; the same again is offered. */
  async attempt(work) {
    this.fault = undefined;
    try {
      await work();
    } catch (error) {
      const fault = reduceErrors(error);
      this.isNotConfigured = this.isNotConfigured || fault.code === 'NOT_CONFIGURED';
      this.notice = NOTICES[fault.code] ?? '';
      this.fault = fault.code in NOTICES ? undefined : fault;
      this.retry = () => this.attempt(work);
    }
  }

  handleShare() {
    return this.share('run');
  }

  handleResume() {
    return this.share('resume');
  }

  async share(action) {
    this.isStarting = true;
    this.notice = '';
    const key = newKey(); // a retry of this click means the same run
    await this.attempt(async () => {
      await share({ action, key });
      this.notice = BEGUN;
      await this.readRuns();
      this.polling.quicken();
    });
    this.isStarting = false;
  }

  async handleCheck() {
    this.isChecking = true;
    this.notice = '';
    this.findings = undefined;
    await this.attempt(async () => {
      const findings = await checkPermissions();
      this.findings = findings.map((finding, number) => ({ ...finding, key: number }));
      this.notice = findings.length ? '' : ALL_WELL;
    });
    this.isChecking = false;
  }

  handleDownload(event) {
    const { runId } = event.detail;
    return this.attempt(async () => {
      const rows = await getRejectedRows({ runId });
      this.save(`rejected-${runId}.csv`, rows);
    });
  }

  handleRetry() {
    this.retry();
  }

  /** Let the browser keep a text as a file. */
  save(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  }
}
