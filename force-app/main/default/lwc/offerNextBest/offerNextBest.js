import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getSettings from '@salesforce/apex/OfferActionSettings.getSettings';
import LOADING from '@salesforce/label/c.Personalization_Card_Loading';
import NOT_SET_UP from '@salesforce/label/c.Personalization_Offer_NotSetUp';
import PROMOTIONS from '@salesforce/label/c.Personalization_Promotion_Title';
import RECOMMENDATIONS from '@salesforce/label/c.Personalization_Recommendation_Title';
import TITLE from '@salesforce/label/c.Personalization_Offer_Title';
import { fillLabel } from 'c/fillLabel';
import { reduceErrors } from 'c/reduceErrors';

const MOST_ITEMS = 3; // of each kind: a dialogue is no page

/** The quick action of contacts and leads: what to offer now, to be answered on the spot. */
export default class OfferNextBest extends LightningElement {
  /** Comes later than the component: the platform opens the dialogue first. */
  @api recordId;

  label = {
    loading: fillLabel(LOADING, TITLE),
    notSetUp: NOT_SET_UP,
    promotions: PROMOTIONS,
    recommendations: RECOMMENDATIONS,
    title: TITLE
  };
  maxItems = MOST_ITEMS;
  provisioned;
  settings;
  fault;

  @wire(getSettings)
  wiredSettings(provisioned) {
    this.provisioned = provisioned;
    this.settings = provisioned.data ?? this.settings;
    this.fault = provisioned.error ? reduceErrors(provisioned.error) : undefined;
  }

  get isReady() {
    return Boolean(this.recordId && this.settings);
  }

  get isSetUp() {
    const { userIdentifier, identityType, dataset, promotions, recommendations } = this.settings;
    return Boolean(userIdentifier && identityType && dataset && (promotions || recommendations));
  }

  get responseSettings() {
    return { declineReasons: this.settings.declineReasons };
  }

  async handleRetry() {
    try {
      await refreshApex(this.provisioned);
    } catch {
      // The wire hears of the same failure and says it.
    }
  }
}
