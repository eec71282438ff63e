import { LightningElement, api, wire } from 'lwc';
import getGreeting from '@salesforce/apex/GreetingController.getGreeting';
import load from '@salesforce/apex/OldVersion.load';
import missing from '@salesforce/apex/GreetingController.getGreting';
import LABEL from '@salesforce/label/c.Greeting_Titel';
import FIELD from '@salesforce/schema/Contact.Emial';
import { reduce } from 'c/nowhere';

export default class BadCalls extends LightningElement {
  @api recordId;

  @wire(getGreeting, { recordId: '$recordIdd' }) unknownWatched;
  @wire(getGreeting, { recordID: '$recordId' }) misspelt;
  @wire(load, { recordId: '$recordId' }) notCacheable;

  connectedCallback() {
    reduce(LABEL, FIELD, missing());
    load({ record: this.recordId });
    load({ ...this.recordId });
  }
}
