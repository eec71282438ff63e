import { LightningElement, api } from 'lwc';

/** The fields of a record as its page layout has them. */
export default class Details extends LightningElement {
  /** See `recordView()` of the server. */
  @api record;
}
