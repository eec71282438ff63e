import { LightningElement, api } from 'lwc';

const ISO_4217 = /^[A-Z]{3}$/; // what the browser's number format takes; it throws at anything else

/**
 * One recommended product: picture, name, description, rating, price. A price or rating of 0 is
 * shown, a missing one is not. Without an item it draws the grey shape of the same size. The slot
 * "answers" stands below it. Fires `details` when its page is opened.
 */
export default class RecommendationTile extends LightningElement {
  @api item;
  @api removeImage = false;
  @api removeDetailsButton = false;
  @api removeDescription = false;

  get name() {
    return this.item.name || this.item.id;
  }

  get description() {
    return this.removeDescription ? null : this.item.description;
  }

  get hasPrice() {
    return Number.isFinite(this.item.price);
  }

  get currencyCode() {
    return ISO_4217.test(this.item.currencyCode) ? this.item.currencyCode : undefined;
  }

  /** A price without a known currency stays a plain number: the org's own currency would be a guess. */
  get priceStyle() {
    return this.currencyCode ? 'currency' : 'decimal';
  }

  /** One height for all, so that nothing moves when the items take the grey shapes' places. */
  get tileClass() {
    return this.keepsDescription ? 'tile tile_described' : 'tile';
  }

  handleDetails() {
    this.dispatchEvent(new CustomEvent('details'));
  }

  get keepsImage() {
    return !this.removeImage;
  }

  get keepsDescription() {
    return !this.removeDescription;
  }

  get keepsDetails() {
    return !this.removeDetailsButton;
  }
}
