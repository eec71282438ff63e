import { LightningElement, api } from 'lwc';
import { safeUrl } from 'c/safeUrl';

/**
 * The picture of an item, as large as its place; a quiet placeholder when the address is not a safe
 * one or the picture cannot be loaded. It is decoration: the item's name stands beside it.
 */
export default class ItemPicture extends LightningElement {
  address = null;
  isBroken = false;

  @api
  get src() {
    return this.address;
  }
  set src(text) {
    this.address = safeUrl(text);
    this.isBroken = false;
  }

  get isShown() {
    return this.address !== null && !this.isBroken;
  }

  handleError() {
    this.isBroken = true;
  }
}
