import { LightningElement, api } from 'lwc';
import CAN_DIAGNOSE from '@salesforce/customPermission/Personalization_Diagnosis';
import CONTROL_GROUP from '@salesforce/label/c.Personalization_Card_ControlGroup';
import LOADING from '@salesforce/label/c.Personalization_Card_Loading';
import DIAGNOSE from '@salesforce/label/c.Personalization_Diagnosis_Open';
import HIDDEN_CARD from '@salesforce/label/c.Personalization_Diagnosis_HiddenCard';
import REFRESH from '@salesforce/label/c.Personalization_Card_Refresh';
import RETRY from '@salesforce/label/c.Personalization_Card_Retry';
import STALE from '@salesforce/label/c.Personalization_Card_Stale';
import UPDATED from '@salesforce/label/c.Personalization_Card_Updated';
import WHY_EMPTY from '@salesforce/label/c.Personalization_Diagnosis_Why';
import { ageSentence } from 'c/ageSentence';
import Diagnosis from 'c/diagnosis';
import { faultSentence } from 'c/faultSentence';
import { fillLabel } from 'c/fillLabel';
import { reasonSentence } from 'c/reasonSentence';

const UNASKABLE = ['NOT_CONFIGURED', 'NO_RECORD'];

/**
 * The frame of every component of ours. It draws exactly one state: loading, content, empty, control
 * group or fault; a saved answer carries its age above it. The slot holds the content, and the
 * content's grey shape as long as there is no answer; the slot "controls" above it holds what the
 * reader chooses with, in every state. Fires `refresh` when the reader asks again.
 */
export default class PersonalizationCard extends LightningElement {
  @api cardTitle;
  @api iconName;
  /** {state: 'ok' | 'empty', asOf, stale, reason}, or nothing yet. */
  @api answer;
  /** {code, message, correlationId} of the latest question, or nothing. */
  @api fault;
  @api isRefreshing = false;
  /** Draws nothing at all when the answer is empty. */
  @api hideWhenEmpty = false;
  /** DiagnosisController.DiagnosedCard, and the `kind` of its offers: what an administrator diagnoses. */
  @api diagnosed;

  hasAsked = false;
  isFocusDue = false;
  label = { controlGroup: CONTROL_GROUP, hiddenCard: HIDDEN_CARD, retry: RETRY, why: WHY_EMPTY };

  @api
  focus() {
    this.refs.refresh?.focus();
  }

  get state() {
    if (this.answer) {
      return this.stateOfAnswer;
    }
    return this.fault ? 'fault' : 'loading';
  }

  get stateOfAnswer() {
    if (this.answer.state === 'ok') {
      return 'content';
    }
    return this.answer.reason?.code === 'CONTROL_GROUP' ? 'controlGroup' : 'empty';
  }

  get isShown() {
    return !(this.isEmpty && this.hideWhenEmpty) || this.canDiagnose;
  }

  /** Only who may find out why sees a card that hides when it is empty. */
  get isHiddenFromOthers() {
    return this.isEmpty && this.hideWhenEmpty;
  }

  /** A question that cannot be put has said already which settings it lacks. */
  get canDiagnose() {
    const isAskable = !UNASKABLE.includes(this.answer?.reason?.code);
    return Boolean(CAN_DIAGNOSE && this.diagnosed && isAskable);
  }

  get canAskWhy() {
    return this.canDiagnose && (this.isEmpty || this.isFault);
  }

  get diagnoseName() {
    return fillLabel(DIAGNOSE, this.cardTitle);
  }

  get isEmpty() {
    return this.state === 'empty' || this.isControlGroup;
  }

  get isControlGroup() {
    return this.state === 'controlGroup';
  }

  get isFault() {
    return this.state === 'fault';
  }

  /** An earlier answer is shown: the service said so, or it did not answer this time. */
  get isStale() {
    return Boolean(this.answer && (this.answer.stale || this.fault));
  }

  get staleSentence() {
    return fillLabel(STALE, ageSentence(this.answer.asOf));
  }

  get reason() {
    return reasonSentence(this.answer.reason);
  }

  get emptyIcon() {
    return this.isControlGroup ? 'utility:groups' : 'utility:info';
  }

  get contentHidden() {
    return this.state === 'loading' ? 'true' : null;
  }

  get isBusy() {
    return this.isRefreshing || this.state === 'loading';
  }

  get busy() {
    return String(this.isBusy);
  }

  get refreshName() {
    return fillLabel(REFRESH, this.cardTitle);
  }

  get refreshClass() {
    return this.isBusy ? 'refresh refresh_turning' : 'refresh';
  }

  /** What a screen reader hears: the beginning, and how the reader's own refresh ended. */
  get announcement() {
    if (this.isBusy) {
      return fillLabel(LOADING, this.cardTitle);
    }
    if (!this.hasAsked) {
      return '';
    }
    return this.fault ? faultSentence(this.fault.code) : fillLabel(UPDATED, this.cardTitle);
  }

  handleRefresh() {
    if (!this.isBusy) {
      this.hasAsked = true;
      this.isFocusDue = true;
      this.dispatchEvent(new CustomEvent('refresh'));
    }
  }

  handleDiagnose() {
    const { kind, ...card } = this.diagnosed;
    Diagnosis.open({
      label: this.diagnoseName,
      size: 'small',
      cardTitle: this.cardTitle,
      kind,
      card
    });
  }

  /** The pressed button may have gone with its state: the focus then moves to its twin in the header. */
  renderedCallback() {
    if (!this.isFocusDue || this.isBusy) {
      return;
    }
    this.isFocusDue = false;
    if (document.activeElement === document.body) {
      this.refs.refresh?.focus();
    }
  }
}
