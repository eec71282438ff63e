import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import diagnose from '@salesforce/apex/DiagnosisController.diagnose';
import AGAIN from '@salesforce/label/c.Personalization_Diagnosis_Again';
import DEBUG_OFF from '@salesforce/label/c.Personalization_Diagnosis_DebugOff';
import EXPLAINED from '@salesforce/label/c.Personalization_Diagnosis_Explained';
import INTRO from '@salesforce/label/c.Personalization_Diagnosis_Intro';
import LOADING from '@salesforce/label/c.Personalization_Card_Loading';
import TITLE from '@salesforce/label/c.Personalization_Diagnosis_Title';
import { fillLabel } from 'c/fillLabel';
import { reduceErrors } from 'c/reduceErrors';

/** What Personalization’s own explanations make clear. */
const EXPLAINABLE = ['NO_CAMPAIGNS', 'CAMPAIGN_NOT_RETURNED', 'NO_CAMPAIGN_FOR_DATAFIELD'];

/** Tells an administrator why a card is empty, step by step, and what an experience would show. */
export default class Diagnosis extends LightningModal {
  /** The card, as DiagnosisController.DiagnosedCard has it. */
  @api card;
  @api cardTitle;
  /** 'promotion', 'recommendation', or nothing for a card without offers. */
  @api kind;

  text = { again: AGAIN, debugOff: DEBUG_OFF, intro: INTRO };
  answer;
  fault;
  isBusy = false;

  connectedCallback() {
    this.look();
  }

  get title() {
    return fillLabel(TITLE, this.cardTitle);
  }

  get busy() {
    return String(this.isBusy);
  }

  get busyText() {
    return fillLabel(LOADING, this.title);
  }

  /** Who asks signs in by a credential of their own. */
  get shownFault() {
    const isSignIn = this.fault.code === 'NOT_CONNECTED';
    return isSignIn ? { ...this.fault, code: 'NO_ADMINISTRATION' } : this.fault;
  }

  get explanations() {
    return this.answer.explanations.map(({ campaignName, experienceName, message }, place) => ({
      key: place,
      name: [campaignName, experienceName].filter(Boolean).join(', '),
      message
    }));
  }

  get hasExplanations() {
    return this.answer.explanations.length > 0;
  }

  get explained() {
    return fillLabel(EXPLAINED, this.answer.explanations.length);
  }

  get isExplanationDue() {
    const failed = this.answer.steps.find(({ state }) => state === 'failed');
    return EXPLAINABLE.includes(failed?.code);
  }

  get isDebugOff() {
    return Boolean(this.kind) && !this.answer.debugAllowed;
  }

  get hasPreview() {
    return Boolean(this.kind) && this.answer.debugAllowed;
  }

  async look() {
    this.isBusy = true;
    try {
      this.answer = await diagnose({ card: this.card });
      this.fault = undefined;
    } catch (error) {
      this.fault = reduceErrors(error);
    } finally {
      this.isBusy = false;
    }
  }
}
