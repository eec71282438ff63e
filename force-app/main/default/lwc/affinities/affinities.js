import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getAffinities from '@salesforce/apex/AffinitiesController.getAffinities';
import TITLE from '@salesforce/label/c.Personalization_Affinities_Title';
import DATASET from '@salesforce/label/c.Personalization_Setting_Dataset';
import DATE_RANGE from '@salesforce/label/c.Personalization_Setting_DateRange';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Setting_IdentityType';
import SHOW_BY_LABEL from '@salesforce/label/c.Personalization_Setting_ShowBy';
import USER_IDENTIFIER from '@salesforce/label/c.Personalization_Setting_UserIdentifier';
import { DATE_RANGES, SHOW_BY, optionFor } from 'c/affinityChoices';
import { nameList } from 'c/nameList';
import { reduceErrors } from 'c/reduceErrors';
import { UNASKED, unaskedReason } from 'c/unaskedReason';
import { recallChoice, rememberChoice } from 'c/viewerChoice';

const COMPONENT = 'affinities';
const STENCIL_TYPES = 2;
/** Reasons that another measure or another date range cannot change. */
const BEYOND_CHOICE = [...UNASKED, 'UNKNOWN_PERSON', 'UNKNOWN_PEOPLE'];
const NAME_WITH_TYPE = /^(.*\S)\s*\(([^()]+)\)\s*$/; // "retail (Product)"

/** What the person of this record likes, by catalog object type, over a period the reader chooses. */
export default class Affinities extends LightningElement {
  @api recordId;
  @api userIdentifier;
  @api identityType;
  /** The dataset; as in the official package it may carry the first type, as in "retail (Category)". */
  @api personalizationDataset;
  @api catalogObjectType;
  @api showBy = 'Views';
  @api dateRange = 'Last 30 Days';
  /** Types, separated by commas. */
  @api hiddenCatalogObjects;
  @api maxPerType = 4;
  @api title;
  @api hideWhenEmpty = false;
  /** A checkbox of the record that must allow to ask, or `!` and one that must not be checked. */
  @api consentField;

  label = { dateRange: DATE_RANGE, showBy: SHOW_BY_LABEL };
  showByOptions = SHOW_BY;
  dateRangeOptions = DATE_RANGES;
  choice = recallChoice(COMPONENT);
  provisioned;
  saved;
  failed;
  isRefreshing = false;

  @wire(getAffinities, {
    recordId: '$recordId',
    userIdentifier: '$userIdentifier',
    identityType: '$identityType',
    dataset: '$dataset',
    showBy: '$chosenShowBy.value',
    dateRange: '$chosenDateRange.value',
    hiddenTypes: '$hiddenTypes',
    maxPerType: '$wiredMaxPerType',
    consentField: '$wiredConsentField'
  })
  wiredAnswer(provisioned) {
    this.provisioned = provisioned;
    if (provisioned.data) {
      this.saved = { ...this.question, answer: provisioned.data };
    }
    const { error } = provisioned;
    this.failed = error ? { ...this.question, fault: reduceErrors(error) } : undefined;
  }

  get cardTitle() {
    return this.title || TITLE;
  }

  get dataset() {
    return NAME_WITH_TYPE.exec(this.personalizationDataset)?.[1] ?? this.personalizationDataset;
  }

  get firstType() {
    return this.catalogObjectType || NAME_WITH_TYPE.exec(this.personalizationDataset)?.[2];
  }

  get hiddenTypes() {
    return nameList(this.hiddenCatalogObjects);
  }

  /** A wire with an undefined parameter never calls: what may be left blank is therefore null. */
  get wiredMaxPerType() {
    return this.maxPerType ?? null;
  }

  get wiredConsentField() {
    return this.consentField || null;
  }

  get chosenShowBy() {
    return optionFor(SHOW_BY, this.choice.showBy, this.showBy) ?? SHOW_BY[0];
  }

  get chosenDateRange() {
    return optionFor(DATE_RANGES, this.choice.dateRange, this.dateRange) ?? DATE_RANGES[1];
  }

  /** What is asked now: an answer is never shown as that of another record or another choice. */
  get question() {
    return { person: this.person, showBy: this.chosenShowBy, dateRange: this.chosenDateRange };
  }

  get person() {
    return [this.recordId, this.userIdentifier, this.identityType, this.dataset].join(' ');
  }

  get unasked() {
    return unaskedReason(this.recordId, [
      [USER_IDENTIFIER, this.userIdentifier],
      [IDENTITY_TYPE, this.identityType],
      [DATASET, this.dataset]
    ]);
  }

  /** What an administrator diagnoses: this card's own question. */
  get diagnosed() {
    if (this.group) {
      return undefined; // a diagnosis is about one person
    }
    return {
      component: 'affinities',
      recordId: this.recordId,
      userIdentifier: this.userIdentifier,
      identityType: this.identityType,
      dataset: this.dataset,
      showBy: this.chosenShowBy.value,
      dateRange: this.chosenDateRange.value,
      hiddenTypes: this.hiddenTypes,
      consentField: this.wiredConsentField
    };
  }

  get savedOfPerson() {
    return this.saved?.person === this.person ? this.saved : undefined;
  }

  get fault() {
    return this.failed && isSame(this.failed, this.question) ? this.failed.fault : undefined;
  }

  get isOfOtherChoice() {
    const saved = this.savedOfPerson;
    return Boolean(saved && !isSame(saved, this.question));
  }

  /** The answer to another choice stays, faded, until the new one arrives; it is no answer to a fault. */
  get shownAnswer() {
    if (this.unasked) {
      return { state: 'empty', reason: this.unasked };
    }
    const isMisleading = this.isOfOtherChoice && this.fault;
    return isMisleading ? undefined : this.withOwnReason(this.savedOfPerson);
  }

  /** Which choice found nothing is known best here. */
  withOwnReason(saved) {
    if (saved?.answer.reason?.code !== 'NO_EVENTS') {
      return saved?.answer;
    }
    const parameters = { showBy: saved.showBy.label, dateRange: saved.dateRange.label };
    return { ...saved.answer, reason: { code: 'NO_AFFINITIES', parameters } };
  }

  get hasChoosers() {
    return !BEYOND_CHOICE.includes(this.shownAnswer?.reason?.code);
  }

  /** An unfinished setup stays visible, and so do the choosers that a reader has emptied the card with. */
  get hidesWhenEmpty() {
    return this.hideWhenEmpty && !this.unasked && !Object.keys(this.choice).length;
  }

  /** Its place is kept until there is an answer. */
  get hasSummary() {
    return Boolean(this.shownAnswer ? this.summary : !this.fault);
  }

  get isBusy() {
    return this.isRefreshing || (this.isOfOtherChoice && !this.fault);
  }

  get listClass() {
    return this.isOfOtherChoice ? 'types types_old' : 'types';
  }

  get summary() {
    return this.shownAnswer?.summary;
  }

  /** How many people it is about, on the page of an account. */
  get group() {
    return this.shownAnswer?.ofPeople;
  }

  get shownShowBy() {
    return this.savedOfPerson?.showBy ?? this.chosenShowBy;
  }

  get shownDateRange() {
    return this.savedOfPerson?.dateRange ?? this.chosenDateRange;
  }

  /** One entry for each type, the administrator's first; before the answer, places without one. */
  get types() {
    if (!this.shownAnswer) {
      return Array.from({ length: STENCIL_TYPES }, (_, place) => ({ key: `place ${place}` }));
    }
    const isFirst = ({ type }) => type === this.firstType;
    const types = [...(this.shownAnswer.types ?? [])];
    types.sort((a, b) => isFirst(b) - isFirst(a));
    return types.map((type) => ({ key: type.type, type }));
  }

  handleChoose(event) {
    const { choice } = event.target.dataset;
    this.choice = { ...this.choice, [choice]: event.detail };
    rememberChoice(COMPONENT, this.choice);
  }

  async handleRefresh() {
    this.isRefreshing = true;
    try {
      await refreshApex(this.provisioned);
    } catch {
      // The wire hears of the same failure and says it; here it only ends the turning.
    } finally {
      this.isRefreshing = false;
    }
  }
}

function isSame(one, other) {
  return ['person', 'showBy', 'dateRange'].every((part) => one[part] === other[part]);
}
