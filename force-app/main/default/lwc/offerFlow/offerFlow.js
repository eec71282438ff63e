import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import ACCEPTED from '@salesforce/label/c.Personalization_Answer_Accepted';
import FLOW_FAILED from '@salesforce/label/c.Personalization_Answer_FlowFailed';
import { fillLabel } from 'c/fillLabel';

const ENDS = new Set(['FINISHED', 'FINISHED_SCREEN']);

/** Runs the Flow that an accepted offer starts; closes when the Flow has ended. */
export default class OfferFlow extends LightningModal {
  /** API name of an active Flow. */
  @api flowName;
  /** [{name, type, value}], which the Flow must have as inputs. */
  @api inputs;
  @api itemName;

  hasFailed = false;

  get title() {
    return `${ACCEPTED}: ${this.itemName}`;
  }

  get failure() {
    return fillLabel(FLOW_FAILED, this.flowName);
  }

  handleStatus({ detail: { status } }) {
    if (ENDS.has(status)) {
      this.close(status);
    }
    this.hasFailed = status === 'ERROR';
  }
}
