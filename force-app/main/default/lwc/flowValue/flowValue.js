import { LightningElement, api } from 'lwc';
import CHOOSE from '@salesforce/label/c.Personalization_FlowEditor_ChooseResource';
import CHOOSE_FOR from '@salesforce/label/c.Personalization_FlowEditor_ChooseResourceFor';
import HINT from '@salesforce/label/c.Personalization_FlowEditor_ValueHint';
import { fillLabel } from 'c/fillLabel';

/** A value: a text, or a resource of the Flow. Fires `valuechange` with the new value as detail. */
export default class FlowValue extends LightningElement {
  /** What the value is for, read out before it. */
  @api label;
  /** `Buyer` or `{!$Record.Title}`. */
  @api value = '';
  /** See `resourceGroups()`; only resources that hold a text are offered. */
  @api groups = [];
  /** A sentence, or nothing. */
  @api problem;
  /** Marks the value as needed. */
  @api required = false;

  text = { choose: CHOOSE, hint: HINT };

  /** Puts the cursor into the text. */
  @api
  focus() {
    this.refs.text.focus();
  }

  get chooseLabel() {
    return fillLabel(CHOOSE_FOR, this.label);
  }

  get offered() {
    const groups = this.groups.map(({ label, resources }) => ({
      label,
      options: resources
        .filter(({ isText }) => isText)
        .map((each) => ({ label: each.label, value: `{!${each.name}}` }))
    }));
    return groups.filter(({ options }) => options.length > 0);
  }

  get cssClass() {
    return this.problem ? 'slds-form-element slds-has-error' : 'slds-form-element';
  }

  get isInvalid() {
    return this.problem ? 'true' : 'false';
  }

  handleInput(event) {
    event.stopPropagation();
    this.tell(event.target.value);
  }

  handleChoose(event) {
    event.stopPropagation();
    const { value } = event.target;
    event.target.value = '';
    if (value) {
      this.tell(value);
      this.focus();
    }
  }

  tell(value) {
    this.dispatchEvent(new CustomEvent('valuechange', { detail: value }));
  }
}
