import { LightningElement, api } from 'lwc';
import LOADING from '@salesforce/label/c.Personalization_Card_Loading';
import REFRESH from '@salesforce/label/c.Personalization_Card_Refresh';
import UPDATED from '@salesforce/label/c.Personalization_Card_Updated';
import { fillLabel } from 'c/fillLabel';

/** A section of the Setup page that asks the service as an administrator. Fires `refresh`. */
export default class SetupSection extends LightningElement {
  @api title;
  @api iconName;
  /** One sentence below the title. */
  @api intro;
  /** One sentence while the first answer is waited for, where that takes long. */
  @api patience;
  /** In place of an answer that holds nothing. */
  @api emptyText;
  /** {code, message, correlationId} */
  @api fault;
  /** Whether an answer is there, of now or from before. */
  @api hasAnswer = false;
  @api isEmpty = false;
  @api isBusy = false;
  hasAsked = false;

  get state() {
    if (this.fault) {
      return 'fault';
    }
    if (!this.hasAnswer) {
      return 'loading';
    }
    return this.isEmpty ? 'empty' : 'content';
  }

  get isLoading() {
    return this.state === 'loading';
  }

  get busy() {
    return String(this.isBusy);
  }

  get contentClass() {
    return this.isBusy ? 'content content_old' : 'content';
  }

  get loadingText() {
    return fillLabel(LOADING, this.title);
  }

  get refreshName() {
    return fillLabel(REFRESH, this.title);
  }

  /** Who sets up signs in by a credential of their own. */
  get shownFault() {
    const isSignIn = this.fault.code === 'NOT_CONNECTED';
    return isSignIn ? { ...this.fault, code: 'NO_ADMINISTRATION' } : this.fault;
  }

  get announcement() {
    if (this.isBusy) {
      return this.loadingText;
    }
    return this.hasAsked && !this.fault ? fillLabel(UPDATED, this.title) : '';
  }

  handleRefresh() {
    this.hasAsked = true;
    this.dispatchEvent(new CustomEvent('refresh'));
  }
}
