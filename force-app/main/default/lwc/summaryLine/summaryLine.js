import { LightningElement, api } from 'lwc';
import { summarySentence } from 'c/summarySentence';

/** What a glance should tell of the person, in one sentence; without one, the grey place of it. */
export default class SummaryLine extends LightningElement {
  /** {code, parameters, message} */
  @api summary;

  get sentence() {
    return summarySentence(this.summary);
  }
}
