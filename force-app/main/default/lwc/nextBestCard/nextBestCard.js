import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getNextBest from '@salesforce/apex/NextBestController.getNextBest';
import DATAFIELD from '@salesforce/label/c.Personalization_Setting_Datafield';
import DATASET from '@salesforce/label/c.Personalization_Setting_Dataset';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Setting_IdentityType';
import USER_IDENTIFIER from '@salesforce/label/c.Personalization_Setting_UserIdentifier';
import { reduceErrors } from 'c/reduceErrors';
import { unaskedReason } from 'c/unaskedReason';

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
    maxItems: '$wiredMaxItems'
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
    return this.unasked ? { state: 'empty', reason: this.unasked } : this.answer;
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

  get isPromotion() {
    return this.kind === 'promotion';
  }

  get listClass() {
    return `tiles tiles_${this.kind}`;
  }

  /** One entry for each item; before the answer, places without an item, which draw their grey shape. */
  get tiles() {
    if (this.shownAnswer) {
      return (this.shownAnswer.items ?? []).map((item, place) => ({ key: `item ${place}`, item }));
    }
    const length = Math.min(this.maxItems ?? Infinity, STENCIL_TILES[this.kind]);
    return Array.from({ length }, (_, place) => ({ key: `place ${place}` }));
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
