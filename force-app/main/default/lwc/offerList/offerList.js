import { LightningElement, api } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import reportImpressions from '@salesforce/apex/OfferResponseController.reportImpressions';
import respond from '@salesforce/apex/OfferResponseController.respond';
import DECLINED from '@salesforce/label/c.Personalization_Answer_DeclinedToast';
import DECLINED_TEXT from '@salesforce/label/c.Personalization_Answer_DeclinedToastText';
import FAILED from '@salesforce/label/c.Personalization_Answer_Failed';
import PENDING from '@salesforce/label/c.Personalization_Answer_Pending';
import { filledAddress } from 'c/filledAddress';
import { fillLabel } from 'c/fillLabel';
import { Impressions } from 'c/impressions';
import OfferFlow from 'c/offerFlow';
import { reduceErrors } from 'c/reduceErrors';
import { offerKey, shownOffer } from 'c/shownOffer';

const DECLINED_TEXTS = { Pending: PENDING, Failed: FAILED };
const FLOW_INPUTS = ['recordId', 'itemId', 'itemType', 'itemName', 'campaignId'];

/**
 * The offers of a next-best component: draws them, reports what was on screen and what the rep says
 * became of it. Fires `declined` with {offer, status}; whoever holds the items takes it away.
 */
export default class OfferList extends NavigationMixin(LightningElement) {
  /** 'promotion' or 'recommendation' */
  @api kind;
  /** The look at the record, as OfferResponseController.RecordView has it. */
  @api look;
  /** What to draw; before the answer nothing, which draws `places` grey shapes. */
  @api items;
  @api places;
  @api removeImage = false;
  @api removeDetailsButton = false;
  @api removeDescription = false;
  /** {isRemoved, declineReasons, acceptUrl, acceptFlow, withholdImpressions} */
  @api settings;

  responses = {}; // by look and offer, see offerResponse
  focusPlace; // where an offer was that went away
  impressions = new Impressions((keys) => this.reportShown(keys));

  get isPromotion() {
    return this.kind === 'promotion';
  }

  get listClass() {
    return `tiles tiles_${this.kind}`;
  }

  get reasons() {
    return (this.settings.declineReasons ?? '')
      .split(';')
      .map((reason) => reason.trim())
      .filter(Boolean);
  }

  /** One entry for each item; before the answer, places without an item, which draw their grey shape. */
  get tiles() {
    if (!this.items) {
      const isPlace = !this.settings.isRemoved; // keeps the room of the buttons, too
      return Array.from({ length: this.places }, (_, place) => ({
        key: `place ${place}`,
        isPlace
      }));
    }
    const drawn = new Map();
    return this.items.map((item) => {
      const key = this.keyOf(item);
      drawn.set(key, (drawn.get(key) ?? 0) + 1);
      return {
        item,
        key: `${key} ${drawn.get(key)}`, // a campaign may answer with one item twice
        offerKey: key,
        name: shownOffer(item).name,
        isAnswerable: !this.settings.isRemoved,
        response: this.responses[key]
      };
    });
  }

  /** What was answered of an offer in one look at a record is not known in another. */
  keyOf(item) {
    return `${this.look.viewId} ${offerKey(item)}`;
  }

  offersOf(keys) {
    return this.items.filter((item) => keys.includes(this.keyOf(item))).map(shownOffer);
  }

  renderedCallback() {
    const tiles = this.items ? [...this.template.querySelectorAll('li')] : [];
    const watched = this.settings.withholdImpressions ? [] : tiles;
    this.impressions.watch(new Map(watched.map((tile) => [tile, tile.dataset.key])));
    this.moveFocus();
  }

  disconnectedCallback() {
    this.impressions.stop();
  }

  reportShown(keys) {
    const offers = this.offersOf(keys);
    return offers.length ? reportImpressions({ view: this.look, offers }) : undefined;
  }

  handleDetails({ currentTarget }) {
    const { key } = currentTarget.dataset;
    if (!this.responses[key]?.saved.includes('Details')) {
      this.give(key, 'Details', null);
    }
  }

  handleRespond({ currentTarget, detail: { answer, reason } }) {
    const { key } = currentTarget.dataset;
    if (answer === 'Accepted') {
      this.launch(this.offersOf([key])[0]);
    }
    this.give(key, answer, reason);
  }

  /** Saves an answer and notes how that went; nothing is thrown. */
  async give(key, answer, reason) {
    const { look } = this;
    const [offer] = this.offersOf([key]);
    const isSpoken = answer !== 'Details'; // a link that is opened says nothing of its own
    this.note(key, { saving: isSpoken, fault: undefined });
    try {
      const { status } = await respond({ view: look, offer, answer, reason });
      const { saved } = this.responses[key];
      this.note(key, { saving: false, saved: [...saved, answer], ...(isSpoken && { status }) });
      if (answer === 'Declined') {
        this.decline(offer, status);
      }
    } catch (error) {
      this.note(key, { saving: false, ...(isSpoken && { fault: reduceErrors(error) }) });
    }
  }

  note(key, news) {
    const before = this.responses[key] ?? { saved: [] };
    this.responses = { ...this.responses, [key]: { ...before, ...news } };
  }

  decline(offer, status) {
    this.dispatchEvent(
      new ShowToastEvent({
        title: fillLabel(DECLINED, offer.name),
        message: DECLINED_TEXTS[status] ?? DECLINED_TEXT,
        variant: status in DECLINED_TEXTS ? 'warning' : 'success'
      })
    );
    this.focusPlace = this.items.findIndex((item) => offerKey(item) === offerKey(offer));
    this.dispatchEvent(new CustomEvent('declined', { detail: { offer, status } }));
  }

  /** The answered offer is gone with the focus: its successor takes it, if there is one. */
  moveFocus() {
    if (this.focusPlace === undefined) {
      return;
    }
    const others = this.template.querySelectorAll('.answers');
    (others[this.focusPlace] ?? others[this.focusPlace - 1])?.focus();
    this.focusPlace = undefined;
  }

  /** At once, whether the answer can be saved or not: the customer waits for what comes now. */
  launch(offer) {
    const values = {
      recordId: this.look.recordId,
      itemId: offer.id,
      itemType: offer.itemType,
      itemName: offer.name,
      campaignId: offer.campaignId
    };
    const url = filledAddress(this.settings.acceptUrl, values);
    if (url) {
      this[NavigationMixin.Navigate]({ type: 'standard__webPage', attributes: { url } });
    }
    if (this.settings.acceptFlow) {
      OfferFlow.open({
        label: offer.name,
        size: 'small',
        flowName: this.settings.acceptFlow,
        itemName: offer.name,
        inputs: FLOW_INPUTS.map((name) => ({ name, type: 'String', value: values[name] ?? '' }))
      });
    }
  }
}
