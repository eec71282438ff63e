import { LightningElement, api } from 'lwc';
import AMBER from '@salesforce/label/c.Personalization_Health_Amber';
import GREEN from '@salesforce/label/c.Personalization_Health_Green';
import NEXT from '@salesforce/label/c.Personalization_Health_Next';
import RED from '@salesforce/label/c.Personalization_Health_Red';

/** By verdict: what the sign is called, and how it looks without its colour. */
const SIGNS = {
  red: { text: RED, icon: 'utility:error', variant: 'error' },
  amber: { text: AMBER, icon: 'utility:warning', variant: 'warning' },
  green: { text: GREEN, icon: 'utility:success', variant: 'success' }
};

/** One thing that was looked at. */
export default class DoctorCheck extends LightningElement {
  /** See DoctorCheck.cls. */
  @api check;

  /** What it is about, before the sentence; with the blank that keeps them apart for every reader. */
  get about() {
    return this.check.about ? `${this.check.about}: ` : '';
  }

  get next() {
    return `${NEXT} `;
  }

  get sign() {
    return SIGNS[this.check.verdict] ?? SIGNS.amber;
  }

  get icon() {
    return this.sign.icon;
  }

  get variant() {
    return this.sign.variant;
  }

  get verdictText() {
    return this.sign.text;
  }
}
