import { LightningElement, api } from 'lwc';
import { fetchRecord } from 'shell/orgData';

/** A record in full: the regions of its page, filled as the page's metadata says. */
export default class RecordPage extends LightningElement {
  view = null;
  failure = null;
  shownPlace;

  /** `{objectName, recordId, isWide}`, see `placeOf()`. */
  @api
  get place() {
    return this.shownPlace;
  }

  set place(place) {
    const isOther = place.recordId !== this.shownPlace?.recordId;
    this.shownPlace = place;
    if (isOther) this.load(place);
  }

  async load(place) {
    this.view = null;
    this.failure = null;
    try {
      const view = await fetchRecord(place.objectName, place.recordId);
      if (place.recordId !== this.shownPlace.recordId) return;
      this.view = view;
      document.title = `${view.record.name} | ${view.record.label}`;
    } catch (failure) {
      this.failure = failure;
    }
  }

  get isLoading() {
    return !this.view && !this.failure;
  }

  get message() {
    if (this.failure.status === 404) {
      return {
        icon: 'utility:record_lookup',
        title: 'This record does not exist',
        text: 'It may have been deleted, or the address may be mistyped. Look for it on the home page.'
      };
    }
    return {
      icon: 'utility:warning',
      title: 'The record did not load',
      text: this.failure.message
    };
  }

  get header() {
    return numbered('header', this.view.page.header);
  }

  get main() {
    return numbered('main', this.view.page.main);
  }

  get sidebar() {
    return numbered('sidebar', this.view.page.sidebar);
  }

  /** Without anything beside it, or on request, the main column takes the whole width. */
  get columnsClass() {
    const isOneColumn = this.shownPlace.isWide || this.view.page.sidebar.length === 0;
    return isOneColumn ? 'columns columns_one' : 'columns';
  }
}

/** Parts with keys: a component may stand on a page twice. */
function numbered(region, parts) {
  return parts.map((item, number) => ({ key: `${region}-${number}`, item }));
}
