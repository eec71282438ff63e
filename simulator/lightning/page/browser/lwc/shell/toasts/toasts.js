import { LightningElement } from 'lwc';

/** How long a toast stays, as on the platform; sticky ones stay until closed. */
const SHOWN_MS = 4800;

/** Shows the toasts that components ask for with `ShowToastEvent`. */
export default class Toasts extends LightningElement {
  toasts = [];
  count = 0;

  connectedCallback() {
    this.heard = ({ detail }) => this.show(detail);
    window.addEventListener('lightning__showtoast', this.heard);
  }

  disconnectedCallback() {
    window.removeEventListener('lightning__showtoast', this.heard);
  }

  show({ title, message, variant = 'info', mode = 'dismissible' }) {
    const key = `toast-${this.count++}`;
    const cssClass = `slds-notify slds-notify_toast slds-theme_${variant}`;
    this.toasts = [...this.toasts, { key, title, message, cssClass, icon: `utility:${variant}` }];
    if (mode !== 'sticky') window.setTimeout(() => this.close(key), SHOWN_MS);
  }

  handleClose(event) {
    this.close(event.currentTarget.dataset.key);
  }

  close(key) {
    this.toasts = this.toasts.filter((toast) => toast.key !== key);
  }
}
