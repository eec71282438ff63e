import { LightningElement, api } from 'lwc';
import CAMPAIGN from '@salesforce/label/c.Personalization_Diagnosis_Step_Campaign';
import DATAFIELD from '@salesforce/label/c.Personalization_Diagnosis_Step_Datafield';
import DATASET from '@salesforce/label/c.Personalization_Diagnosis_Step_Dataset';
import EVENTS from '@salesforce/label/c.Personalization_Diagnosis_Step_Events';
import FAILED from '@salesforce/label/c.Personalization_Diagnosis_State_failed';
import FILTERS from '@salesforce/label/c.Personalization_Diagnosis_Step_Filters';
import IDENTIFIER from '@salesforce/label/c.Personalization_Diagnosis_Step_Identifier';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Diagnosis_Step_IdentityType';
import ITEMS from '@salesforce/label/c.Personalization_Diagnosis_Step_Items';
import NEXT from '@salesforce/label/c.Personalization_Diagnosis_Next';
import OK from '@salesforce/label/c.Personalization_Diagnosis_State_ok';
import PERSON from '@salesforce/label/c.Personalization_Diagnosis_Step_Person';
import SHOWN from '@salesforce/label/c.Personalization_Diagnosis_Step_Shown';
import SKIPPED from '@salesforce/label/c.Personalization_Diagnosis_State_skipped';
import WARNING from '@salesforce/label/c.Personalization_Diagnosis_State_warning';
import { diagnosisAdvice } from 'c/diagnosisAdvice';
import { diagnosisFinding } from 'c/diagnosisFinding';

const NAMES = {
  identifier: IDENTIFIER,
  dataset: DATASET,
  identityType: IDENTITY_TYPE,
  person: PERSON,
  campaign: CAMPAIGN,
  datafield: DATAFIELD,
  events: EVENTS,
  items: ITEMS,
  filters: FILTERS,
  shown: SHOWN
};
const SIGNS = {
  ok: { icon: 'utility:success', variant: 'success', state: OK },
  warning: { icon: 'utility:warning', variant: 'warning', state: WARNING },
  failed: { icon: 'utility:error', variant: 'error', state: FAILED },
  skipped: { icon: 'utility:dash', variant: null, state: SKIPPED }
};

/** The steps from a record to what its card shows: what each found, and what to do about it. */
export default class DiagnosisSteps extends LightningElement {
  /** [{step, state, code, message, parameters, next}] */
  @api steps;

  label = { next: NEXT };

  get rows() {
    return this.steps.map((step) => ({
      key: step.step,
      name: NAMES[step.step] ?? step.step,
      sign: SIGNS[step.state] ?? SIGNS.skipped,
      rowClass: `step step_${step.state}`,
      finding: step.state === 'skipped' ? SKIPPED : diagnosisFinding(step),
      advice: diagnosisAdvice(step)
    }));
  }
}
