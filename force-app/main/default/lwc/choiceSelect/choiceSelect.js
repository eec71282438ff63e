import { LightningElement, api } from 'lwc';

/** One choice out of few, with its label above it. Fires `choose` with the chosen value. */
export default class ChoiceSelect extends LightningElement {
  @api label;
  /** [{value, label}] */
  @api options;
  @api value;

  /** The options have to stand in the list before one of them can be chosen. */
  renderedCallback() {
    this.refs.select.value = this.value;
  }

  handleChange(event) {
    this.dispatchEvent(new CustomEvent('choose', { detail: event.target.value }));
  }
}
