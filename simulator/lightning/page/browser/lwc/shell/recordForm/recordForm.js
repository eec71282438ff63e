import { LightningElement, api } from 'lwc';
import { fetchForm, saveRecord } from 'shell/flowData';

/** The form of one record. A save starts the Flows that follow; what they do is shown beside it. */
export default class RecordForm extends LightningElement {
  form = null;
  failure = null;
  outcome = null;
  isSaving = false;

  /** `{objectName, recordId}` */
  @api place;

  connectedCallback() {
    this.load();
  }

  async load() {
    try {
      this.form = await fetchForm(this.place.objectName, this.place.recordId);
      document.title = `Edit ${this.form.name} | Personalization`;
    } catch (failure) {
      this.failure = failure.message;
    }
  }

  get title() {
    return `Edit ${this.form.label} ${this.form.name}`;
  }

  get recordAddress() {
    return `/lightning/r/${this.place.objectName}/${this.place.recordId}/view`;
  }

  get fields() {
    return this.form.fields.map((field) => ({
      ...field,
      inputType: { email: 'email', phone: 'tel', int: 'number' }[field.type] ?? 'text',
      options: field.options?.map((value) => ({ value, selected: value === field.value }))
    }));
  }

  get problem() {
    return this.outcome?.problems.join(' ');
  }

  get isSaved() {
    return this.outcome?.saved > 0;
  }

  get startedNothing() {
    return this.isSaved && this.outcome.runs.length === 0;
  }

  get startedRuns() {
    return this.isSaved && this.outcome.runs.length > 0 ? this.outcome.runs : null;
  }

  async handleSubmit(event) {
    event.preventDefault();
    const entries = [...new FormData(event.target).entries()];
    const typeOf = Object.fromEntries(this.form.fields.map(({ name, type }) => [name, type]));
    const fields = entries.map(([name, text]) => [name, valueOf(text, typeOf[name])]);
    this.isSaving = true;
    this.outcome = null;
    try {
      const { objectName, recordId } = this.place;
      this.outcome = await saveRecord(objectName, recordId, Object.fromEntries(fields));
    } catch (failure) {
      this.outcome = { saved: 0, problems: [failure.message], runs: [] };
    }
    this.isSaving = false;
  }
}

function valueOf(text, type) {
  if (text === '') return null;
  return type === 'int' ? Number(text) : text;
}
