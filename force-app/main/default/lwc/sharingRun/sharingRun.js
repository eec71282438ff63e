import { LightningElement, api } from 'lwc';
import ABANDONED from '@salesforce/label/c.Personalization_Sharing_State_abandoned';
import CHANGED from '@salesforce/label/c.Personalization_Sharing_Changed';
import DONE from '@salesforce/label/c.Personalization_Sharing_State_done';
import DOWNLOAD from '@salesforce/label/c.Personalization_Sharing_Download';
import DOWNLOAD_ONE from '@salesforce/label/c.Personalization_Sharing_DownloadOne';
import FAILED from '@salesforce/label/c.Personalization_Sharing_State_failed';
import PLANNED from '@salesforce/label/c.Personalization_Sharing_State_planned';
import PROGRESS from '@salesforce/label/c.Personalization_Sharing_Progress';
import PROGRESS_OPEN from '@salesforce/label/c.Personalization_Sharing_ProgressOpen';
import PULL from '@salesforce/label/c.Personalization_Sharing_Pull';
import PUSH from '@salesforce/label/c.Personalization_Sharing_Push';
import REJECTED from '@salesforce/label/c.Personalization_Sharing_Rejected';
import RESUME from '@salesforce/label/c.Personalization_Sharing_Resume';
import RUNNING from '@salesforce/label/c.Personalization_Sharing_State_running';
import STOPPED from '@salesforce/label/c.Personalization_Sharing_State_stopped';
import TOOK from '@salesforce/label/c.Personalization_Sharing_Took';
import UNCHANGED from '@salesforce/label/c.Personalization_Sharing_Unchanged';
import UNMATCHED from '@salesforce/label/c.Personalization_Sharing_Unmatched';
import { countText, numberText } from 'c/countText';
import { durationText } from 'c/durationText';
import { fillLabel } from 'c/fillLabel';
import { agoText, dateText, dayOf, momentText } from 'c/timeText';

const DIRECTIONS = { push: PUSH, pull: PULL };
/** By state: what it is called, and the sign that says how urgent it is. */
const STATES = {
  planned: { text: PLANNED, icon: 'utility:event' },
  running: { text: RUNNING, icon: 'utility:sync' },
  stopped: { text: STOPPED, icon: 'utility:warning', variant: 'warning' },
  done: { text: DONE, icon: 'utility:success', variant: 'success' },
  failed: { text: FAILED, icon: 'utility:error', variant: 'error' },
  abandoned: { text: ABANDONED, icon: 'utility:ban' }
};

/** One run. Fires `download` with {runId}, and `resume`. */
export default class SharingRun extends LightningElement {
  /** See SharingRun.cls. */
  @api run;
  /** Whether it may be gone on with. */
  @api canResume = false;
  /** Milliseconds since 1970: when its age and a running one's duration are looked at. */
  @api now;

  label = { resume: RESUME };

  get state() {
    return STATES[this.run.state] ?? { text: this.run.state, icon: 'utility:question' };
  }

  get stateText() {
    return this.state.text;
  }

  get stateIcon() {
    return this.state.icon;
  }

  get stateVariant() {
    return this.state.variant;
  }

  get direction() {
    return DIRECTIONS[this.run.direction] ?? this.run.direction;
  }

  /** How long ago; with the date when that was on another day. */
  get started() {
    const { startedAt } = this.run;
    if (!startedAt) {
      return '';
    }
    const ago = agoText(startedAt, this.now);
    return dayOf(startedAt) === dayOf(this.now) ? ago : `${dateText(startedAt)}, ${ago}`;
  }

  get moment() {
    return this.run.startedAt && momentText(this.run.startedAt);
  }

  get reason() {
    return this.run.detail ?? this.run.code;
  }

  get hasProgress() {
    return this.run.state === 'running' && (this.hasEnd || this.run.done > 0);
  }

  /** How far it has to go is not known while the export or the org is still read. */
  get hasEnd() {
    return this.run.total > 0;
  }

  get percent() {
    return Math.min(100, Math.round((100 * (this.run.done ?? 0)) / this.run.total));
  }

  get progressText() {
    const done = numberText(this.run.done ?? 0);
    return this.hasEnd
      ? fillLabel(PROGRESS, done, numberText(this.run.total))
      : fillLabel(PROGRESS_OPEN, done);
  }

  /** Of a run that moves, up to now; null when that is not known. */
  get took() {
    const { startedAt, finishedAt, state } = this.run;
    const end = state === 'running' ? this.now : Date.parse(finishedAt);
    const took = end - Date.parse(startedAt);
    return Number.isNaN(took) ? null : durationText(took);
  }

  /** What is known; a count that the service does not tell is left out, zero is told. */
  get figures() {
    const { changed, unchanged, unmatched, rejected } = this.run;
    return [
      { name: TOOK, value: this.took },
      { name: CHANGED, value: textOf(changed) },
      { name: UNCHANGED, value: textOf(unchanged) },
      { name: UNMATCHED, value: textOf(unmatched) },
      { name: REJECTED, value: textOf(rejected) }
    ].filter(({ value }) => value !== null);
  }

  get hasRejected() {
    return this.run.rejected > 0;
  }

  get downloadLabel() {
    return countText(this.run.rejected, DOWNLOAD_ONE, DOWNLOAD);
  }

  handleResume() {
    this.dispatchEvent(new CustomEvent('resume'));
  }

  handleDownload() {
    this.dispatchEvent(new CustomEvent('download', { detail: { runId: this.run.id } }));
  }
}

function textOf(count) {
  return count === null || count === undefined ? null : numberText(count);
}
