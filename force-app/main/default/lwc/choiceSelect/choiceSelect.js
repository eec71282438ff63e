import { LightningElement, api } from 'lwc';

/** One choice out of few, with its label above it. Fires `choose` with the chosen value. */
export default class ChoiceSelect extends LightningElement {
  @api label;
  /** [{value, label}] */
  @api options;
  chosen;

  @api
  get value() {
    return this.chosen;
  }

  set value(value) {
    this.chosen = value;
    this.showChosen();
  }

  @api
  focus() {
    this.template.querySelector('select').focus();
  }

  /** The options have to stand in the list before one of them can be chosen. */
  renderedCallback() {
    this.showChosen();
  }

  showChosen() {
    const select = this.template.querySelector('select');
    if (select) {
      select.value = this.chosen;
    }
  }

  handleChange(event) {
    this.dispatchEvent(new CustomEvent('choose', { detail: event.target.value }));
  }
}
