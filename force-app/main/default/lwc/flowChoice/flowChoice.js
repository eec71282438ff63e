import { LightningElement, api } from 'lwc';
import CHOOSE from '@salesforce/label/c.Personalization_FlowEditor_Choose';
import NOT_OFFERED from '@salesforce/label/c.Personalization_FlowEditor_NotOffered';
import { fillLabel } from 'c/fillLabel';

/**
 * A setting that is chosen from a list, or entered while nobody knows what may be chosen. Fires
 * `valuechange` with the new value as detail.
 */
export default class FlowChoice extends LightningElement {
  /** What is chosen. */
  @api label;
  @api value = '';
  /** Marks the setting as needed. */
  @api required = false;
  /** A sentence below, or nothing. */
  @api help;
  /** What is wrong, in a sentence, or nothing. */
  @api problem;

  text = { choose: CHOOSE };
  offered = null;
  keepsCursor = false;

  /** `[{label, value}]`; null lets any text be entered. */
  @api
  get choices() {
    return this.offered;
  }
  set choices(choices) {
    const changesPlaces = Boolean(choices) !== Boolean(this.offered);
    if (changesPlaces) this.keepsCursor = this.template.activeElement !== null;
    this.offered = choices;
  }

  /** Puts the cursor into the setting. */
  @api
  focus() {
    this.template.querySelector('select, input').focus();
  }

  /** A list that takes the place of the text takes the cursor along. */
  renderedCallback() {
    if (!this.keepsCursor) return;
    this.keepsCursor = false;
    this.focus();
  }

  /** The choices, the chosen one marked; a value that is not offered stays, and is said not to be. */
  get options() {
    const options = this.choices.map(({ label, value }) => ({
      label,
      value,
      selected: value === this.value
    }));
    if (!this.value || options.some(({ selected }) => selected)) return options;
    const label = fillLabel(NOT_OFFERED, this.value);
    return [{ label, value: this.value, selected: true }, ...options];
  }

  get cssClass() {
    return this.problem ? 'slds-form-element slds-has-error' : 'slds-form-element';
  }

  get isInvalid() {
    return String(Boolean(this.problem));
  }

  handleValue(event) {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent('valuechange', { detail: event.target.value }));
  }
}
