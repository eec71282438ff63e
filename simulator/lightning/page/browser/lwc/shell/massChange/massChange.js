import { LightningElement, api } from 'lwc';
import { saveMany } from 'shell/flowData';

const MOST = 200;

/** Sets one field of many records in one transaction, as a list or a data load does. */
export default class MassChange extends LightningElement {
  most = MOST;
  fieldName = null;
  message = null;
  isSaving = false;

  @api objectName;

  /** `[{name, label, options}]`, see `editableFields()` of the server. */
  @api fields;

  get field() {
    return this.fields.find(({ name }) => name === this.fieldName) ?? this.fields[0];
  }

  get fieldOptions() {
    const chosen = this.field.name;
    return this.fields.map(({ name, label }) => ({ name, label, selected: name === chosen }));
  }

  get valueOptions() {
    return this.field.options?.map((value) => ({ value }));
  }

  handleField(event) {
    this.fieldName = event.target.value;
  }

  async handleSubmit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    this.isSaving = true;
    try {
      const count = Number(form.get('count'));
      const value = form.get('value') || null;
      const { saved, problems } = await saveMany(this.objectName, form.get('field'), value, count);
      const many = saved === 1 ? '1 record was' : `${saved} records were`;
      this.message = [`${many} saved in one transaction.`, ...problems].join(' ');
    } catch (failure) {
      this.message = failure.message;
    }
    this.isSaving = false;
  }
}
