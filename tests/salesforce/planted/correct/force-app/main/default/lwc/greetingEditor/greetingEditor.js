import { LightningElement, api } from 'lwc';

export default class GreetingEditor extends LightningElement {
  @api inputVariables;
  @api builderContext;

  @api
  validate() {
    return [];
  }
}
