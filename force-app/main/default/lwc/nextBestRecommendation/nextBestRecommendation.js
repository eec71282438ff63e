import { LightningElement, api } from 'lwc';
import TITLE from '@salesforce/label/c.Personalization_Recommendation_Title';

/** The recommended products of a server-side campaign for the person of this record. */
export default class NextBestRecommendation extends LightningElement {
  @api recordId;
  @api userIdentifier;
  @api identityType;
  @api personalizationDataset;
  @api campaignDatafield = 'recs';
  @api actionName;
  @api channel = 'Server';
  @api title;
  @api maxItems = 4;
  @api removeImage = false;
  @api removeDetailsButton = false;
  @api removeDescription = false;
  @api hideWhenEmpty = false;
  /** A checkbox of the record that must allow to ask, or `!` and one that must not be checked. */
  @api consentField;
  @api withholdImpressions = false;
  @api removeAnswerButtons = false;
  @api declineReasons = 'Not interested; Too expensive; Already has it; Bad time';
  @api acceptUrl;
  @api acceptFlow;

  get responseSettings() {
    return {
      withholdImpressions: this.withholdImpressions,
      isRemoved: this.removeAnswerButtons,
      declineReasons: this.declineReasons,
      acceptUrl: this.acceptUrl,
      acceptFlow: this.acceptFlow
    };
  }

  get cardTitle() {
    return this.title || TITLE;
  }
}
