import { LightningElement, api } from 'lwc';

/** A screen Flow on a page of its own, started with what the address says. */
export default class FlowPage extends LightningElement {
  /** `{flowName, recordId}` */
  @api place;

  connectedCallback() {
    document.title = `${this.place.flowName} | Personalization`;
  }

  get inputVariables() {
    const { recordId } = this.place;
    return recordId ? [{ name: 'recordId', type: 'String', value: recordId }] : [];
  }
}
