import { LightningElement, api } from 'lwc';
import CODE from '@salesforce/label/c.Personalization_Card_FaultCode';
import CORRELATION from '@salesforce/label/c.Personalization_Card_FaultCorrelation';
import DETAILS from '@salesforce/label/c.Personalization_Card_FaultDetails';
import MESSAGE from '@salesforce/label/c.Personalization_Card_FaultMessage';
import RETRY from '@salesforce/label/c.Personalization_Card_Retry';
import { faultSentence } from 'c/faultSentence';

/** A friendly sentence, a second try, and what the administrator needs, folded. Fires `retry`. */
export default class FaultPanel extends LightningElement {
  /** {code, message, correlationId} */
  @api fault;

  label = { details: DETAILS, retry: RETRY };

  get sentence() {
    return faultSentence(this.fault.code);
  }

  get details() {
    const { code, message, correlationId } = this.fault;
    return [
      { name: CODE, value: code },
      { name: MESSAGE, value: message },
      { name: CORRELATION, value: correlationId }
    ].filter(({ value }) => value);
  }

  handleRetry() {
    this.dispatchEvent(new CustomEvent('retry'));
  }
}
