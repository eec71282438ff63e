import { LightningElement, api } from 'lwc';
import REMOVE from '@salesforce/label/c.Personalization_FlowEditor_Remove';
import VALUE from '@salesforce/label/c.Personalization_FlowEditor_Value';
import { fillLabel } from 'c/fillLabel';

/** Rows of a name and a value. Fires `rowschange` with the new rows as detail. */
export default class FlowPairs extends LightningElement {
  /** What one row is: Identity. */
  @api noun;
  /** What a name is called: Type. */
  @api nameLabel;
  /** Text of the button that adds a row. */
  @api addLabel;
  /** `[{name, type, value}]` */
  @api rows = [];
  /** Names to choose from: `[{name, label, type}]`; null lets any name be entered. */
  @api choices = null;
  /** How many rows there may be. */
  @api most;
  /** Said when there are as many. */
  @api mostReached;
  /** See `resourceGroups()`. */
  @api groups = [];
  /** Sentences by place, `0.name` or `0.value`. */
  @api problems = {};

  focusWanted = null;

  get shownRows() {
    return this.rows.map(({ name, type, value }, place) => {
      const title = `${this.noun} ${place + 1}`;
      return {
        place,
        title,
        value,
        spelling: spelled(name, type),
        nameLabel: `${title}: ${this.nameLabel}`,
        nameProblem: this.problems[`${place}.name`],
        valueLabel: `${title}: ${VALUE}`,
        valueProblem: this.problems[`${place}.value`],
        removeLabel: fillLabel(REMOVE, title)
      };
    });
  }

  get nameChoices() {
    return (
      this.choices?.map(({ name, type, label }) => ({ label, value: spelled(name, type) })) ?? null
    );
  }

  get isFull() {
    return this.rows.length >= this.most;
  }

  /** A new row gets the cursor; after one is removed, the button that would add another does. */
  renderedCallback() {
    if (this.focusWanted === null) return;
    const wanted = this.template.querySelector(this.focusWanted);
    this.focusWanted = null;
    wanted?.focus();
  }

  handleAdd() {
    this.focusWanted = `c-flow-choice[data-place="${this.rows.length}"]`;
    this.tell([...this.rows, { name: '', type: '', value: '' }]);
  }

  handleRemove(event) {
    const place = Number(event.currentTarget.dataset.place);
    this.focusWanted = '.add';
    this.tell(this.rows.filter((_row, each) => each !== place));
  }

  handleName(event) {
    event.stopPropagation();
    const [name, type = ''] = event.detail.split(':').map((part) => part.trim());
    this.change(event.currentTarget.dataset.place, { name, type });
  }

  handleValue(event) {
    event.stopPropagation();
    this.change(event.currentTarget.dataset.place, { value: event.detail });
  }

  change(place, part) {
    this.tell(this.rows.map((row, each) => (each === Number(place) ? { ...row, ...part } : row)));
  }

  tell(rows) {
    this.dispatchEvent(new CustomEvent('rowschange', { detail: rows }));
  }
}

/** `visits:number`; a text needs no type. */
function spelled(name, type) {
  return type && type !== 'string' ? `${name}:${type}` : name;
}
