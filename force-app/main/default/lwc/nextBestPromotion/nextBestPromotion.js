import { LightningElement, api } from 'lwc';
import TITLE from '@salesforce/label/c.Personalization_Promotion_Title';

/** The promotions and actions of a server-side campaign for the person of this record. */
export default class NextBestPromotion extends LightningElement {
  @api recordId;
  @api userIdentifier;
  @api identityType;
  @api personalizationDataset;
  @api campaignDatafield = 'promos';
  @api actionName;
  @api channel = 'Server';
  @api title;
  @api maxItems = 4;
  @api removeImage = false;
  @api removeDetailsButton = false;
  @api removeDescription = false;
  @api hideWhenEmpty = false;

  get cardTitle() {
    return this.title || TITLE;
  }
}
