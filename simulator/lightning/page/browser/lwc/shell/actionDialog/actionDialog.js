import { LightningElement, api } from 'lwc';

/** The dialogue of a quick action: its component over the record's page. Fires `close`. */
export default class ActionDialog extends LightningElement {
  /** `{name, label, component}`, see `quickActions()` of the server. */
  @api action;
  @api record;

  get item() {
    const { component, label } = this.action;
    return { kind: 'component', name: component, label, properties: {} };
  }

  renderedCallback() {
    if (!this.hasFocus) {
      this.hasFocus = true;
      this.refs.close.focus();
    }
  }

  handleClose() {
    this.dispatchEvent(new CustomEvent('close'));
  }

  handleKey(event) {
    if (event.key === 'Escape') {
      this.handleClose();
    }
  }
}
