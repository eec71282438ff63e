import { LightningElement } from 'lwc';
import GREETING from '@salesforce/schema/Account.Greeting__c';

export default class BadTags extends LightningElement {
  field = GREETING;
  fieldName = 'Greeting__c';
  state = { c__recordId: this.recordId, ['c__other']: 1 };
  page = 'Greeting_Contact_Page';

  connectedCallback() {
    this.template.querySelector('div, c-greeting').focus();
    this.template.querySelector('.basic-greeting').focus();
  }
}
