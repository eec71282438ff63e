import { LightningElement, api } from 'lwc';
import { fetchList } from 'shell/orgData';

/** Rows a card shows before it points to the list view. */
const CARD_ROWS = 8;

/** The first records of one object that match a search, as a card of the home page. */
export default class RecordCard extends LightningElement {
  list = null;
  failure = null;
  searchedFor = '';

  @api objectName;

  @api
  get search() {
    return this.searchedFor;
  }

  set search(search) {
    this.searchedFor = search;
    if (this.isConnected) this.load();
  }

  connectedCallback() {
    this.load();
  }

  async load() {
    const search = this.searchedFor;
    this.failure = null;
    try {
      const list = await fetchList(this.objectName, search);
      if (search === this.searchedFor) this.list = list;
    } catch (failure) {
      this.failure = failure.message;
    }
  }

  get isEmpty() {
    return this.list.rows.length === 0;
  }

  get title() {
    const { labelPlural, rows, hasMore } = this.list;
    return `${labelPlural} (${rows.length}${hasMore ? '+' : ''})`;
  }

  /** Name, then what else a rep knows a record by; blanks are left out. */
  get rows() {
    return this.list.rows.slice(0, CARD_ROWS).map(({ id, href, cells: [name, ...others] }) => ({
      id,
      href,
      name: name.value,
      facts: others
        .map(({ value }) => value)
        .filter(Boolean)
        .slice(0, 3)
        .join(' · ')
    }));
  }

  get listAddress() {
    return `/lightning/o/${this.objectName}/list`;
  }
}
