import { LightningElement, api } from 'lwc';

export default class BadPlace extends LightningElement {
  @api kind;
}
