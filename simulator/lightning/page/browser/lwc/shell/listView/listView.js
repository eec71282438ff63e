import { LightningElement, api } from 'lwc';
import { fetchList } from 'shell/orgData';

/** A list view: the records of one object as a table with a search of its own. */
export default class ListView extends LightningElement {
  list = null;
  failure = null;
  search = '';
  shownObject;

  @api
  get objectName() {
    return this.shownObject;
  }

  set objectName(name) {
    this.shownObject = name;
    this.list = null;
    this.search = '';
    this.load();
  }

  async load() {
    const { shownObject: objectName, search } = this;
    this.failure = null;
    try {
      const list = await fetchList(objectName, search);
      if (objectName === this.shownObject && search === this.search) this.list = list;
      document.title = `${list.labelPlural} | Personalization`;
    } catch (failure) {
      this.failure = failure;
    }
  }

  handleSearch(event) {
    this.search = event.target.value;
    this.load();
  }

  get message() {
    const isUnknown = this.failure.status === 404;
    const title = isUnknown ? 'This list does not exist' : 'The list did not load';
    return { title, text: this.failure.message };
  }

  get summary() {
    const { rows, hasMore } = this.list;
    const noun = rows.length === 1 ? 'item' : 'items';
    return `${rows.length}${hasMore ? '+' : ''} ${noun} • Sorted by Name`;
  }

  get isEmpty() {
    return this.list.rows.length === 0;
  }

  get rows() {
    return this.list.rows.map(({ id, cells }) => ({
      id,
      name: cells[0],
      cells: cells.slice(1).map((cell) => ({ key: cell.label, field: cell }))
    }));
  }
}
