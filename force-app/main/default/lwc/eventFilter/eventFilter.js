import { LightningElement, api } from 'lwc';
import FILTER from '@salesforce/label/c.Personalization_Event_Filter';
import { EVENT_KINDS } from 'c/eventKinds';

/** A button for each kind of event. None pressed means all kinds. Fires `choose` with the pressed ones. */
export default class EventFilter extends LightningElement {
  /** Kinds that the administrator has hidden: they get no button. */
  @api hiddenKinds = [];
  /** The pressed ones. */
  @api kinds = [];

  label = { filter: FILTER };

  get buttons() {
    return EVENT_KINDS.filter(({ kind }) => !this.hiddenKinds.includes(kind)).map((one) => ({
      ...one,
      pressed: String(this.kinds.includes(one.kind))
    }));
  }

  handleClick(event) {
    const { kind } = event.currentTarget.dataset;
    const others = this.kinds.filter((one) => one !== kind);
    const detail = this.kinds.includes(kind) ? others : [...others, kind];
    this.dispatchEvent(new CustomEvent('choose', { detail }));
  }
}
