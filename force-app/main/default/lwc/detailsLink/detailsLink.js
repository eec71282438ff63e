import { LightningElement, api } from 'lwc';
import DETAILS from '@salesforce/label/c.Personalization_Item_Details';
import DETAILS_OF from '@salesforce/label/c.Personalization_Item_DetailsOf';
import { fillLabel } from 'c/fillLabel';
import { safeUrl } from 'c/safeUrl';

/**
 * Opens the page of an item in a new tab; draws nothing when the address is not a safe one. Fires
 * `details` when the reader opens it, with whichever button of the mouse or key.
 */
export default class DetailsLink extends LightningElement {
  @api url;
  @api itemName;
  /** Looks like a button instead of a link. */
  @api isButton = false;

  label = { details: DETAILS };

  get address() {
    return safeUrl(this.url);
  }

  get spoken() {
    return fillLabel(DETAILS_OF, this.itemName);
  }

  handleOpen({ button }) {
    const isMenu = button === 2;
    if (!isMenu) {
      this.dispatchEvent(new CustomEvent('details'));
    }
  }

  get linkClass() {
    return this.isButton ? 'slds-button slds-button_neutral slds-button_stretch' : 'link';
  }
}
