/** Stands in for `lightning/platformShowToastEvent`; the shell of the page shows the toasts. */
export const ShowToastEventName = 'lightning__showtoast';

export class ShowToastEvent extends CustomEvent {
  /** @param toast `{title, message, variant, mode}`, see the LWC guide, "Toast Notifications". */
  constructor(toast) {
    super(ShowToastEventName, { composed: true, cancelable: true, bubbles: true, detail: toast });
  }
}
