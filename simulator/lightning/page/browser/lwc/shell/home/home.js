import { LightningElement, api } from 'lwc';

const OBJECT_NAMES = ['Contact', 'Lead', 'Account'];

/** Everybody in the org, and a search over them. */
export default class Home extends LightningElement {
  objectNames = OBJECT_NAMES;

  /** What is searched for; blank shows the first of each. */
  @api search = '';

  connectedCallback() {
    document.title = 'Home | Personalization';
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
