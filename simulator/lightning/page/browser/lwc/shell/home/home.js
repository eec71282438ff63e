import { LightningElement, api } from 'lwc';
import { fetchHome } from 'shell/orgData';

const OBJECT_NAMES = ['Contact', 'Lead', 'Account'];

/** What the org's home page holds, everybody in the org, and a search over them. */
export default class Home extends LightningElement {
  objectNames = OBJECT_NAMES;
  parts = [];

  /** What is searched for; blank shows the first of each. */
  @api search = '';

  async connectedCallback() {
    document.title = 'Home | Personalization';
    const { parts } = await fetchHome();
    this.parts = parts.map((item, place) => ({ key: `part-${place}`, item }));
  }

  /** The results of a search stand alone. */
  get isWhole() {
    return !this.search;
  }

  get heading() {
    return this.search ? `Results for “${this.search}”` : 'Home';
  }

  get hint() {
    return this.search
      ? 'Names, titles, e-mail addresses and companies that contain it.'
      : 'Open a contact or a lead to see what to offer next. Then open the shop and click as that person.';
  }
}
