import { LightningElement, api } from 'lwc';
import { fetchRelated } from 'shell/orgData';

/** Rows of another object that belong to the record. */
export default class RelatedList extends LightningElement {
  /** See `relatedListPart()` of the server. */
  @api item;
  @api record;

  list = null;
  failure = null;

  async connectedCallback() {
    const { objectName, id } = this.record;
    try {
      this.list = await fetchRelated(objectName, id, this.item.relationship);
    } catch (failure) {
      this.failure = failure.message;
    }
  }

  get isLoading() {
    return this.list === null;
  }

  get isEmpty() {
    return this.list.rows.length === 0;
  }

  get title() {
    const count = this.list ? ` (${this.list.rows.length}${this.list.hasMore ? '+' : ''})` : '';
    return `${this.item.label}${count}`;
  }
}
