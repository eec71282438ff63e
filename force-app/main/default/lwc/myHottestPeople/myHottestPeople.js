import { LightningElement, api } from 'lwc';
import TITLE from '@salesforce/label/c.Personalization_People_MyTitle';

/** Who of the running user's own contacts and leads was active last, hottest first. */
export default class MyHottestPeople extends LightningElement {
  @api userIdentifier;
  @api identityType;
  @api personalizationDataset;
  @api maxPeople = 5;
  @api leaveOutLeads = false;
  @api title;
  @api hideWhenEmpty = false;
  @api consentField;

  get cardTitle() {
    return this.title || TITLE;
  }
}
