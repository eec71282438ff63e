import { LightningElement, api } from 'lwc';
import { fetchPage } from 'shell/orgData';

/** A page of its own that an administrator made in App Builder. */
export default class AppPage extends LightningElement {
  page = null;
  failure = null;
  shownName;

  /** The page's API name. */
  @api
  get name() {
    return this.shownName;
  }

  set name(name) {
    this.shownName = name;
    this.load(name);
  }

  async load(name) {
    this.page = null;
    this.failure = null;
    try {
      const page = await fetchPage(name);
      if (name !== this.shownName) return;
      this.page = page;
      document.title = `${page.label} | Personalization`;
    } catch (failure) {
      this.failure = failure.message;
    }
  }

  get parts() {
    return this.page.parts.map((item, place) => ({ key: `part-${place}`, item }));
  }
}
