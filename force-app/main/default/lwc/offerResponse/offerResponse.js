import { LightningElement, api } from 'lwc';
import ABOUT from '@salesforce/label/c.Personalization_Answer_About';
import ACCEPTED from '@salesforce/label/c.Personalization_Answer_Accepted';
import ACCEPT_QUESTION from '@salesforce/label/c.Personalization_Answer_AcceptQuestion';
import CANCEL from '@salesforce/label/c.Personalization_Answer_Cancel';
import CHOOSE_REASON from '@salesforce/label/c.Personalization_Answer_ChooseReason';
import DECLINED from '@salesforce/label/c.Personalization_Answer_Declined';
import DECLINE_QUESTION from '@salesforce/label/c.Personalization_Answer_DeclineQuestion';
import FAILED from '@salesforce/label/c.Personalization_Answer_Failed';
import NO_REASON from '@salesforce/label/c.Personalization_Answer_NoReason';
import NOT_SAVED from '@salesforce/label/c.Personalization_Answer_NotSaved';
import OFFERED from '@salesforce/label/c.Personalization_Answer_Offered';
import PENDING from '@salesforce/label/c.Personalization_Answer_Pending';
import REASON from '@salesforce/label/c.Personalization_Answer_Reason';
import REASON_MISSING from '@salesforce/label/c.Personalization_Answer_ReasonMissing';
import SAVE_ACCEPTED from '@salesforce/label/c.Personalization_Answer_SaveAccepted';
import SAVE_DECLINED from '@salesforce/label/c.Personalization_Answer_SaveDeclined';
import SAVED from '@salesforce/label/c.Personalization_Answer_Saved';
import SAVING from '@salesforce/label/c.Personalization_Answer_Saving';
import { faultSentence } from 'c/faultSentence';
import { fillLabel } from 'c/fillLabel';

const LABELS = { Offered: OFFERED, Accepted: ACCEPTED, Declined: DECLINED };
const QUESTIONS = { Accepted: ACCEPT_QUESTION, Declined: DECLINE_QUESTION };
const SAVES = { Accepted: SAVE_ACCEPTED, Declined: SAVE_DECLINED };
const NOTES = { Pending: PENDING, Failed: FAILED };
const NOT_CHOSEN = '?'; // stands for no reason that an administrator would write
const NOT_GIVEN = '';

/**
 * What became of one offer, as the rep says. Offered is saved at once; what cannot be taken back is
 * asked for first. Fires `respond` with {answer, reason}; whoever listens answers through `response`.
 */
export default class OfferResponse extends LightningElement {
  @api itemName;
  /** Texts to choose from; without any, declining asks for no reason. */
  @api reasons = [];
  /** {saving, saved: [answers], status, fault} of this offer, or nothing yet. */
  @api response;

  asked; // 'Accepted' or 'Declined' while the question stands
  reason = NOT_CHOSEN;
  isReasonMissing = false;
  focusOn; // the ref, or the answer whose button gets the focus once it is drawn

  label = { accepted: ACCEPTED, cancel: CANCEL, reason: REASON, reasonMissing: REASON_MISSING };

  @api
  focus() {
    (this.template.querySelector('button') ?? this.refs.outcome).focus();
  }

  get groupName() {
    return fillLabel(ABOUT, this.itemName);
  }

  get saved() {
    return this.response?.saved ?? [];
  }

  get isSaving() {
    return Boolean(this.response?.saving);
  }

  get isAccepted() {
    return this.saved.includes('Accepted');
  }

  get question() {
    return this.asked ? fillLabel(QUESTIONS[this.asked], this.itemName) : null;
  }

  get asksReason() {
    return this.asked === 'Declined' && this.reasons.length > 0;
  }

  get reasonOptions() {
    return [
      { value: NOT_CHOSEN, label: CHOOSE_REASON },
      ...this.reasons.map((reason) => ({ value: reason, label: reason })),
      { value: NOT_GIVEN, label: NO_REASON }
    ];
  }

  get saveLabel() {
    return SAVES[this.asked];
  }

  get buttons() {
    return Object.keys(LABELS).map((answer) => {
      const isSaved = this.saved.includes(answer);
      return {
        answer,
        label: LABELS[answer],
        class: `slds-button slds-button_neutral button${isSaved ? ' button_saved' : ''}`,
        icon: isSaved ? 'utility:check' : null,
        pressed: answer === 'Offered' ? String(isSaved) : null,
        disabled: this.isSaving ? 'true' : null
      };
    });
  }

  get note() {
    return NOTES[this.response?.status];
  }

  get noteIcon() {
    return this.response.status === 'Pending' ? 'utility:clock' : 'utility:warning';
  }

  get failure() {
    const { fault } = this.response ?? {};
    return fault ? fillLabel(NOT_SAVED, faultSentence(fault.code)) : null;
  }

  get announcement() {
    if (this.isSaving) {
      return SAVING;
    }
    const last = this.saved.at(-1);
    return last ? fillLabel(SAVED, LABELS[last], this.itemName) : '';
  }

  handleAnswer({ currentTarget }) {
    const { answer } = currentTarget.dataset;
    if (this.isSaving || this.saved.includes(answer)) {
      return;
    }
    if (answer in QUESTIONS) {
      this.asked = answer;
      this.focusOn = 'question';
    } else {
      this.respond(answer, null);
    }
  }

  handleReason({ detail }) {
    this.reason = detail;
    this.isReasonMissing = false;
  }

  handleSave() {
    if (this.asksReason && this.reason === NOT_CHOSEN) {
      this.isReasonMissing = true;
      this.focusOn = 'question';
      return;
    }
    const reason = this.asksReason ? this.reason || null : null;
    this.respond(this.asked, reason);
    this.focusOn = 'outcome';
    this.close();
  }

  handleCancel() {
    this.focusOn = this.asked;
    this.close();
  }

  handleKey(event) {
    if (event.key === 'Escape' && this.asked) {
      event.stopPropagation();
      this.handleCancel();
    }
  }

  respond(answer, reason) {
    this.dispatchEvent(new CustomEvent('respond', { detail: { answer, reason } }));
  }

  close() {
    this.asked = undefined;
    this.reason = NOT_CHOSEN;
    this.isReasonMissing = false;
  }

  /**
   * What had the focus may have gone with its state: it moves to what has come in its place, but never
   * out of a Flow that has opened meanwhile.
   */
  renderedCallback() {
    const target = this.focusTarget;
    if (target) {
      this.focusOn = undefined;
      target.focus();
    }
  }

  get focusTarget() {
    if (this.focusOn === 'question') {
      return this.refs.reason ?? this.refs.cancel;
    }
    if (this.focusOn === 'outcome') {
      const isLost = document.activeElement === document.body;
      return isLost && !this.isSaving
        ? (this.refs.outcome ?? this.template.querySelector('button'))
        : null;
    }
    return this.focusOn && this.template.querySelector(`[data-answer="${this.focusOn}"]`);
  }
}
