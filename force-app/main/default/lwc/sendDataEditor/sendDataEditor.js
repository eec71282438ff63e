import { LightningElement, api, wire } from 'lwc';
import getDatasets from '@salesforce/apex/SendDataEditorController.getDatasets';
import getFields from '@salesforce/apex/SendDataEditorController.getFields';

import { faultSentence } from 'c/faultSentence';
import { fillLabel } from 'c/fillLabel';
import * as TEXT from 'c/flowEditorTexts';
import { collectionsOf, knowledgeOf, objectsIn, resourceGroups } from 'c/flowResources';
import {
  changesBetween,
  inputsOf,
  MOST_ATTRIBUTES,
  MOST_IDENTITIES,
  readInputs,
  resourceIn
} from 'c/profileUpdateInputs';
import { problemsOf } from 'c/profileUpdateProblems';
import { reduceErrors } from 'c/reduceErrors';

const COLLECTIONS = {
  identityCollection: ['PersonalizationIdentity', TEXT.IDENTITIES],
  attributeCollection: ['PersonalizationAttribute', TEXT.ATTRIBUTES],
  objectCollection: ['PersonalizationProfileObject', TEXT.OBJECTS]
};
const TYPE_NAMES = {
  string: TEXT.TYPE_TEXT,
  number: TEXT.TYPE_NUMBER,
  boolean: TEXT.TYPE_BOOLEAN,
  date: TEXT.TYPE_DATE
};

/**
 * The property editor of the action SendDataToPersonalization.
 *
 * Flow Builder sets the properties below, hears of each change by an event, and asks `validate` before
 * the element may be saved. Source: LWC guide, "Custom Property Editor JavaScript Interface".
 */
export default class SendDataEditor extends LightningElement {
  /** Outputs of other elements: `{elementName: [{name, label, dataType}]}`. */
  @api automaticOutputVariables;
  /** Part of the contract; this action has no generic types. */
  @api genericTypeMappings;

  text = TEXT;
  settings = readInputs([]);
  isValidated = false;
  fields = {};
  given = [];
  told = [];
  isRestored = false;
  isTouched = false;
  element;
  context = {};
  objectNames = [];

  @wire(getDatasets)
  datasets;

  @wire(getFields, { objectNames: '$objectNames' })
  receiveFields({ data }) {
    if (data) this.fields = data;
  }

  /** The Flow's elements and resources. */
  @api
  get builderContext() {
    return this.context;
  }

  set builderContext(context) {
    this.context = context ?? {};
    const names = objectsIn(this.context);
    if (names.join() !== this.objectNames.join()) this.objectNames = names;
  }

  /** `{apiName, type}` of the element that is edited. */
  @api
  get elementInfo() {
    return this.element;
  }

  set elementInfo(info) {
    if (info?.apiName !== this.element?.apiName) this.isTouched = false;
    this.element = info;
  }

  /**
   * `[{name, value, valueDataType}]`. Comes again after our own events, early or late: once somebody
   * has changed something here, what is shown is what counts, until another element is edited.
   */
  @api
  get inputVariables() {
    return this.given;
  }

  set inputVariables(variables) {
    this.given = variables ?? [];
    if (this.isTouched) return;
    this.told = this.given;
    this.isRestored = this.given.length > 0;
    const { changed, deleted } = changesBetween(this.given, this.settings);
    if (changed.length || deleted.length) this.settings = readInputs(this.given);
  }

  /** What keeps the element from being saved: `[{key, errorString}]`. */
  @api
  validate() {
    this.isValidated = true;
    return [...this.problems].map(([key, errorString]) => ({ key, errorString }));
  }

  get offered() {
    return this.datasets.data ?? null;
  }

  get dataset() {
    return this.offered?.find(({ name }) => name === this.settings.dataset);
  }

  get groups() {
    const ownName = this.element?.apiName;
    return resourceGroups(this.context, this.automaticOutputVariables, this.fields, ownName);
  }

  get problems() {
    const { groups, context } = this;
    return problemsOf(this.settings, this.offered, (name) => knowledgeOf(name, groups, context));
  }

  /** Shown once somebody wanted to save, and at once for what was saved earlier. */
  get shownProblems() {
    const isShown = this.isValidated || (this.isRestored && this.offered);
    return Object.fromEntries(isShown ? this.problems : []);
  }

  get isLoading() {
    return !this.datasets.data && !this.datasets.error;
  }

  get unavailable() {
    const { error } = this.datasets;
    return error ? `${TEXT.UNAVAILABLE} ${faultSentence(codeOf(error))}` : null;
  }

  get datasetChoices() {
    return this.offered?.map(asChoice) ?? null;
  }

  get identityChoices() {
    return this.dataset?.identityTypes ?? null;
  }

  get attributeChoices() {
    return typedChoices(this.dataset?.attributes);
  }

  get objectTypeChoices() {
    return this.dataset?.profileObjectTypes.map(asChoice) ?? null;
  }

  get objectAttributeChoices() {
    const types = this.dataset?.profileObjectTypes ?? [];
    const type = types.find(({ name }) => name === this.settings.objectType);
    return typedChoices(type?.attributes);
  }

  get most() {
    return { identities: MOST_IDENTITIES, attributes: MOST_ATTRIBUTES };
  }

  get mostReached() {
    return {
      identities: fillLabel(TEXT.MOST_REACHED, MOST_IDENTITIES),
      attributes: fillLabel(TEXT.MOST_REACHED, MOST_ATTRIBUTES),
      objectAttributes: fillLabel(TEXT.MOST_OBJECT_ATTRIBUTES, MOST_ATTRIBUTES)
    };
  }

  get rowProblems() {
    return {
      identities: below('identities', this.shownProblems),
      attributes: below('attributes', this.shownProblems),
      objectAttributes: below('objectAttributes', this.shownProblems)
    };
  }

  get blankPolicy() {
    return this.settings.blankPolicy || 'skip';
  }

  get blankChoices() {
    return [
      { value: 'skip', label: TEXT.BLANK_SKIP },
      { value: 'clear', label: TEXT.BLANK_CLEAR }
    ];
  }

  get switches() {
    return [
      switchOf('validateOnly', TEXT.VALIDATE_ONLY, TEXT.VALIDATE_ONLY_HELP, this.settings),
      switchOf('faultOnError', TEXT.FAULT, TEXT.FAULT_HELP, this.settings)
    ];
  }

  /** Shown only where the Flow has such a collection, or the element uses one. */
  get collections() {
    const shown = Object.entries(COLLECTIONS).map(([name, [apexClass, label]]) => {
      const names = collectionsOf(this.context, apexClass);
      const choices = names.map((each) => ({ label: each, value: `{!${each}}` }));
      return { name, label, choices, value: this.settings[name] };
    });
    return shown.filter(({ choices, value }) => choices.length > 0 || value);
  }

  get hasCollections() {
    return this.collections.length > 0;
  }

  handleSetting(event) {
    this.change({ [event.currentTarget.dataset.setting]: event.detail });
  }

  handleSwitch(event) {
    this.change({ [event.target.dataset.setting]: event.target.checked });
  }

  /** Tells Flow Builder what became other. A new element also gets what a builder would forget. */
  change(part) {
    const isNew = this.told.length === 0;
    this.isTouched = true;
    this.settings = { ...this.settings, ...(isNew ? this.defaults() : {}), ...part };
    const { changed, deleted } = changesBetween(this.told, this.settings);
    this.told = [...inputsOf(this.settings)].map(([name, input]) => ({ name, ...input }));
    for (const input of changed) this.tellChanged(input);
    for (const name of deleted) this.tellDeleted(name);
  }

  /** The only dataset there is, and by what a repetition is recognized. */
  defaults() {
    const [only, ...others] = this.offered ?? [];
    const dataset = only && others.length === 0 ? only.name : '';
    const hasRecord = Boolean(this.context.start?.object);
    const repetition = hasRecord
      ? { recordId: '{!$Record.Id}' }
      : { interviewId: '{!$Flow.InterviewGuid}' };
    return { dataset, ...repetition };
  }

  // Flow Builder listens outside of this component: the contract wants both events composed.

  tellChanged({ name, value, valueDataType }) {
    const detail = { name, newValue: value, newValueDataType: valueDataType };
    this.dispatchEvent(
      new CustomEvent('configuration_editor_input_value_changed', {
        bubbles: true,
        composed: true,
        detail
      })
    );
  }

  tellDeleted(name) {
    this.dispatchEvent(
      new CustomEvent('configuration_editor_input_value_deleted', {
        bubbles: true,
        composed: true,
        detail: { name }
      })
    );
  }
}

function asChoice({ name, label = name }) {
  return { label, value: name };
}

function typedChoices(attributes) {
  const choice = ({ name, type }) => ({
    name,
    type,
    label: `${name} (${TYPE_NAMES[type] ?? type})`
  });
  return attributes?.map(choice) ?? null;
}

function switchOf(name, label, help, settings) {
  const resource = resourceIn(settings[name] === true ? '' : settings[name] || '');
  return {
    name,
    label,
    id: `switch-${name}`,
    helpId: `switch-help-${name}`,
    help: resource ? `${help} ${fillLabel(TEXT.SET_BY, `{!${resource}}`)}` : help,
    checked: settings[name] === true
  };
}

/** The problems of the rows of one list, by `0.name`. */
function below(list, problems) {
  const prefix = `${list}.`;
  const inside = Object.entries(problems).filter(([place]) => place.startsWith(prefix));
  return Object.fromEntries(inside.map(([place, text]) => [place.slice(prefix.length), text]));
}

function codeOf(error) {
  return reduceErrors(error).code;
}
