import { LightningElement, api } from 'lwc';

/** The header of a record: what it is, its name, its key fields, its actions. */
export default class Highlights extends LightningElement {
  /** See `recordView()` of the server. */
  @api record;

  openAction = null;

  handleAction({ currentTarget }) {
    const { action: wanted } = currentTarget.dataset;
    this.openAction = this.record.actions.find(({ name }) => name === wanted);
  }

  handleClose() {
    const { name } = this.openAction;
    this.openAction = null;
    this.template.querySelector(`[data-action="${name}"]`).focus();
  }

  get editAddress() {
    return `/lightning/r/${this.record.objectName}/${this.record.id}/edit`;
  }
}
