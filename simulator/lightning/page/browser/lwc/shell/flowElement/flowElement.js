import { LightningElement, api } from 'lwc';
import editors from 'property-editors';
import { resetElement, saveElement } from 'shell/flowData';

/**
 * One element of a Flow, in the place of Flow Builder's panel: hosts the action's property editor.
 *
 * Source: LWC guide, "Custom Property Editor JavaScript Interface". The editor gets copies, tells
 * each change by an event, and is asked to validate before its element may be saved. In which order a
 * real Flow Builder does this, and how often it sets the properties again, is unverified.
 */
export default class FlowElement extends LightningElement {
  inputVariables = [];
  errors = [];
  message = null;
  shownElement;

  /** See `elementView()` of the server. */
  @api
  get element() {
    return this.shownElement;
  }

  set element(element) {
    this.shownElement = element;
    this.inputVariables = element.inputVariables;
  }

  /** The Flow around it: `{name, builderContext, automaticOutputVariables}`. */
  @api flow;

  get editor() {
    return editors[this.element.editor];
  }

  get editorProperties() {
    const { builderContext, automaticOutputVariables } = this.flow;
    const { name, label } = this.element;
    return copied({
      inputVariables: this.inputVariables,
      builderContext,
      automaticOutputVariables,
      elementInfo: { apiName: name, type: 'Action', label },
      genericTypeMappings: []
    });
  }

  get errorCount() {
    return this.errors.length === 1 ? '1 error' : `${this.errors.length} errors`;
  }

  get hasErrors() {
    return this.errors.length > 0;
  }

  handleChanged({ detail: { name, newValue, newValueDataType } }) {
    const changed = { name, value: newValue, valueDataType: newValueDataType };
    this.inputVariables = [...this.inputVariables.filter((one) => one.name !== name), changed];
    this.message = null;
  }

  handleDeleted({ detail: { name } }) {
    this.inputVariables = this.inputVariables.filter((one) => one.name !== name);
    this.message = null;
  }

  async handleDone() {
    this.errors = this.refs.editor.validate();
    if (this.hasErrors) return;
    const { flow, element, inputVariables } = this;
    await this.settle(false, () => saveElement(flow.name, element.name, inputVariables));
  }

  async handleReset() {
    await this.settle(true, () => resetElement(this.flow.name, this.element.name));
  }

  async settle(isReset, save) {
    this.errors = [];
    try {
      const element = await save();
      this.message = 'Saved for the runs on this page. The file in the package is as it was.';
      this.dispatchEvent(new CustomEvent('saved', { detail: { element, isReset } }));
    } catch (failure) {
      this.errors = [{ key: 'element', errorString: failure.message }];
    }
  }
}

/** An editor must not change what Flow Builder holds. */
function copied(properties) {
  return JSON.parse(JSON.stringify(properties));
}
