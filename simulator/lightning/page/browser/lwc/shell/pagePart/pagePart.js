import { LightningElement, api } from 'lwc';

/** One part of a record page, drawn by its kind. */
export default class PagePart extends LightningElement {
  /** See `pageView()` of the server. */
  @api item;
  @api record;

  get isHighlights() {
    return this.item.kind === 'highlights';
  }

  get isDetails() {
    return this.item.kind === 'details';
  }

  get isTabset() {
    return this.item.kind === 'tabset';
  }
}
