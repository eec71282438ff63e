import { LightningElement, api } from 'lwc';

/** The header of a record: what it is, its name, its key fields. */
export default class Highlights extends LightningElement {
  /** See `recordView()` of the server. */
  @api record;

  get editAddress() {
    return `/lightning/r/${this.record.objectName}/${this.record.id}/edit`;
  }
}
