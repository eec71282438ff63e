import { LightningElement, api } from 'lwc';
import preview from '@salesforce/apex/DiagnosisController.preview';
import EXPERIENCE from '@salesforce/label/c.Personalization_Preview_Experience';
import ID from '@salesforce/label/c.Personalization_Preview_Id';
import INTRO from '@salesforce/label/c.Personalization_Preview_Intro';
import LOADING from '@salesforce/label/c.Personalization_Card_Loading';
import NAMED from '@salesforce/label/c.Personalization_Preview_Named';
import NOT_ALLOWED from '@salesforce/label/c.Personalization_Preview_NotAllowed';
import NOT_RETURNED from '@salesforce/label/c.Personalization_Preview_NotReturned';
import OF from '@salesforce/label/c.Personalization_Preview_Of';
import OTHER from '@salesforce/label/c.Personalization_Preview_Other';
import SHOW from '@salesforce/label/c.Personalization_Preview_Show';
import TITLE from '@salesforce/label/c.Personalization_Preview_Title';
import { fillLabel } from 'c/fillLabel';
import { reasonSentence } from 'c/reasonSentence';
import { reduceErrors } from 'c/reduceErrors';

const OTHER_ID = ' '; // no experience has it

/**
 * What the person of a record would get from one experience. It draws the card's own tiles, but
 * reports nothing: no impression, no click, no answer.
 */
export default class ExperiencePreview extends LightningElement {
  /** The card, as DiagnosisController.DiagnosedCard has it. */
  @api card;
  /** 'promotion' or 'recommendation' */
  @api kind;
  /** [{id, name, campaignName}], as far as Personalization has named them. */
  @api experiences;

  label = { experience: EXPERIENCE, id: ID, intro: INTRO, show: SHOW, title: TITLE };
  chosen;
  typed = '';
  shown; // {experienceId, answer}
  fault;
  isBusy = false;

  get options() {
    const named = this.experiences.map(({ id, name, campaignName }) => ({
      label: fillLabel(NAMED, campaignName || '?', name || '?', id),
      value: id
    }));
    return [...named, { label: OTHER, value: OTHER_ID }];
  }

  get choice() {
    return this.chosen ?? this.experiences[0]?.id ?? OTHER_ID;
  }

  get isOther() {
    return this.choice === OTHER_ID;
  }

  get experienceId() {
    return this.isOther ? this.typed.trim() : this.choice;
  }

  get cannotShow() {
    return this.isBusy || !this.experienceId;
  }

  get isPromotion() {
    return this.kind === 'promotion';
  }

  get busyText() {
    return fillLabel(LOADING, TITLE);
  }

  get caption() {
    return fillLabel(OF, this.shown.experienceId);
  }

  get items() {
    return this.shown.answer.items.map((item, place) => ({ key: `${place} ${item.id}`, item }));
  }

  get isEmpty() {
    return this.shown.answer.items.length === 0;
  }

  get listClass() {
    return `tiles tiles_${this.kind}`;
  }

  get reason() {
    const { reason } = this.shown.answer;
    switch (reason?.code) {
      case 'DEBUG_NOT_ALLOWED':
        return NOT_ALLOWED;
      case 'EXPERIENCE_NOT_RETURNED':
        return fillLabel(NOT_RETURNED, this.shown.experienceId);
      default:
        return reasonSentence(reason);
    }
  }

  handleChoose({ detail }) {
    this.chosen = detail;
  }

  handleType({ target }) {
    this.typed = target.value;
  }

  async handleShow() {
    const { experienceId } = this;
    this.isBusy = true;
    this.fault = undefined;
    try {
      this.shown = { experienceId, answer: await preview({ card: this.card, experienceId }) };
    } catch (error) {
      this.shown = undefined;
      this.fault = reduceErrors(error);
    } finally {
      this.isBusy = false;
    }
  }
}
