import { LightningElement, api } from 'lwc';

const LINKS = {
  email: (value) => `mailto:${value}`,
  phone: (value) => `tel:${value.replace(/[^+\d]/g, '')}`,
  url: (value) => value
};

const NUMBER_STYLES = { currency: 'currency', percent: 'percent-fixed' };

/** The value of one field, drawn by its type as Lightning draws it. */
export default class FieldValue extends LightningElement {
  /** `{type, value, href}` as the server describes a field. */
  @api field;

  get isEmpty() {
    return this.field.value === null || this.field.value === '';
  }

  get isLink() {
    return !this.isEmpty && Boolean(this.href);
  }

  get href() {
    return this.field.href ?? LINKS[this.field.type]?.(this.field.value);
  }

  get isCheckbox() {
    return this.field.type === 'boolean';
  }

  get isTime() {
    return this.field.type === 'datetime' && !this.isEmpty;
  }

  get isDate() {
    return this.field.type === 'date' && !this.isEmpty;
  }

  get isNumber() {
    return ['int', 'double', 'currency', 'percent'].includes(this.field.type) && !this.isEmpty;
  }

  get numberStyle() {
    return NUMBER_STYLES[this.field.type] ?? 'decimal';
  }
}
