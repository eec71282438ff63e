import { LightningElement, api } from 'lwc';
import TITLE from '@salesforce/label/c.Personalization_People_Title';

/** Who of this account's contacts was active last, hottest first. */
export default class HottestPeople extends LightningElement {
  @api recordId;
  @api userIdentifier;
  @api identityType;
  @api personalizationDataset;
  @api maxPeople = 5;
  @api title;
  @api hideWhenEmpty = false;
  @api consentField;

  get cardTitle() {
    return this.title || TITLE;
  }
}
