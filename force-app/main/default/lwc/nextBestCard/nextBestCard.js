import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getNextBest from '@salesforce/apex/NextBestController.getNextBest';
import reportImpressions from '@salesforce/apex/OfferResponseController.reportImpressions';
import DATAFIELD from '@salesforce/label/c.Personalization_Setting_Datafield';
import DATASET from '@salesforce/label/c.Personalization_Setting_Dataset';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Setting_IdentityType';
import USER_IDENTIFIER from '@salesforce/label/c.Personalization_Setting_UserIdentifier';
import { Impressions } from 'c/impressions';
import { RecordView } from 'c/recordView';
import { reduceErrors } from 'c/reduceErrors';
import { offerKey, withheldOffer } from 'c/shownOffer';
import { unaskedReason } from 'c/unaskedReason';

const ALL_DECLINED = { state: 'empty', reason: { code: 'ALL_DECLINED' } };
const STENCIL_TILES = { promotion: 2, recommendation: 4 }; // what a campaign usually answers with

/** Asks for the next best items of one record and draws them, as `kind` says, in the common frame. */
export default class NextBestCard extends LightningElement {
  /** 'promotion' or 'recommendation' */
  @api kind;
  @api cardTitle;
  @api iconName;
  @api recordId;
  @api userIdentifier;
  @api identityType;
  @api personalizationDataset;
  @api campaignDatafield;
  @api actionName;
  @api channel;
  @api maxItems;
  @api removeImage = false;
  @api removeDetailsButton = false;
  @api removeDescription = false;
  @api hideWhenEmpty = false;
  /** A checkbox of the record that must allow to ask, see the Apex class ConsentGate. */
  @api consentField;
  /** What an offer may be answered with, see offerList; `contentZone` is of the look, too. */
  @api responseSettings = {};

  declined = []; // keys of person and offer
  view = new RecordView();
  impressions = new Impressions(() => this.reportWithheld());
  isFocusDue = false;
  provisioned;
  saved;
  fault;
  isRefreshing = false;

  @wire(getNextBest, {
    recordId: '$recordId',
    userIdentifier: '$userIdentifier',
    identityType: '$identityType',
    dataset: '$personalizationDataset',
    datafield: '$campaignDatafield',
    actionName: '$wiredActionName',
    channel: '$wiredChannel',
    maxItems: '$wiredMaxItems',
    consentField: '$wiredConsentField'
  })
  wiredAnswer(provisioned) {
    this.provisioned = provisioned;
    if (provisioned.data) {
      this.saved = { person: this.person, answer: provisioned.data };
    }
    this.fault = provisioned.error ? reduceErrors(provisioned.error) : undefined;
  }

  /** A wire with an undefined parameter never calls: what may be left blank is therefore null. */
  get wiredActionName() {
    return this.actionName || null;
  }

  get wiredChannel() {
    return this.channel || null;
  }

  get wiredMaxItems() {
    return this.maxItems ?? null;
  }

  get wiredConsentField() {
    return this.consentField || null;
  }

  /** Whose answer it is: what was saved for one record is never shown on another. */
  get person() {
    return [
      this.recordId,
      this.userIdentifier,
      this.identityType,
      this.personalizationDataset
    ].join(' ');
  }

  get answer() {
    return this.saved?.person === this.person ? this.saved.answer : undefined;
  }

  get shownAnswer() {
    if (this.unasked) {
      return { state: 'empty', reason: this.unasked };
    }
    const isAllDeclined = this.answer?.items?.length > 0 && this.items.length === 0;
    return isAllDeclined ? { ...this.answer, ...ALL_DECLINED } : this.answer;
  }

  /** What is left of the answer; a declined offer is gone before the service hears of it. */
  get items() {
    return this.answer?.items?.filter((item) => !this.declined.includes(this.declineKey(item)));
  }

  declineKey(offer) {
    return `${this.person} ${offerKey(offer)}`;
  }

  /** Why the question cannot even be put, or null. */
  get unasked() {
    return unaskedReason(this.recordId, [
      [USER_IDENTIFIER, this.userIdentifier],
      [IDENTITY_TYPE, this.identityType],
      [DATASET, this.personalizationDataset],
      [DATAFIELD, this.campaignDatafield]
    ]);
  }

  /** An unfinished setup stays visible to whoever can finish it. */
  get hidesWhenEmpty() {
    return this.hideWhenEmpty && !this.unasked;
  }

  /** This component's part in a look at the record: whatever it reports belongs to it. */
  get look() {
    return {
      recordId: this.recordId,
      userIdentifier: this.userIdentifier,
      identityType: this.identityType,
      dataset: this.personalizationDataset,
      viewId: this.view.of(this.recordId),
      contentZone: this.responseSettings.contentZone ?? null
    };
  }

  /** What an administrator diagnoses: this card's own question. */
  get diagnosed() {
    return {
      kind: this.kind,
      component: 'nextBest',
      recordId: this.recordId,
      userIdentifier: this.userIdentifier,
      identityType: this.identityType,
      dataset: this.personalizationDataset,
      datafield: this.campaignDatafield,
      actionName: this.wiredActionName,
      channel: this.wiredChannel,
      maxItems: this.wiredMaxItems,
      consentField: this.wiredConsentField
    };
  }

  /** How many grey shapes stand for the answer until it comes. */
  get places() {
    return Math.min(this.maxItems ?? Infinity, STENCIL_TILES[this.kind]);
  }

  /** In the control group nothing is offered, and that is counted, for comparison. */
  renderedCallback() {
    const withheld = this.responseSettings.withholdImpressions
      ? null
      : withheldOffer(this.shownAnswer);
    const watched = withheld
      ? [[this.refs.frame, `${this.look.viewId} ${withheld.experienceId}`]]
      : [];
    this.impressions.watch(new Map(watched));
    if (this.isFocusDue && !this.items?.length) {
      this.refs.frame.focus();
    }
    this.isFocusDue = false;
  }

  disconnectedCallback() {
    this.impressions.stop();
    this.view.leave();
  }

  reportWithheld() {
    const withheld = withheldOffer(this.shownAnswer);
    return withheld ? reportImpressions({ view: this.look, offers: [withheld] }) : undefined;
  }

  /** What the service has taken leaves its answer, too, and perhaps makes room for another offer. */
  handleDeclined({ detail: { offer, status } }) {
    this.isFocusDue = true;
    this.declined = [...this.declined, this.declineKey(offer)];
    if (status === 'Sent') {
      refreshApex(this.provisioned).catch(() => {
        // The wire hears of the same failure and says it.
      });
    }
  }

  async handleRefresh() {
    this.isRefreshing = true;
    try {
      await refreshApex(this.provisioned);
    } catch {
      // The wire hears of the same failure and says it; here it only ends the turning.
    } finally {
      this.isRefreshing = false;
    }
  }
}
