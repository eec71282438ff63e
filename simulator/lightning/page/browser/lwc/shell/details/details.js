import { LightningElement, api } from 'lwc';

/** The fields of a record in sections of two columns. */
export default class Details extends LightningElement {
  /** See `recordView()` of the server. */
  @api record;

  get sections() {
    return this.record.sections.map(({ label, columns }) => ({
      label,
      columns: columns.map((fields, number) => ({ key: `${label}-${number}`, fields }))
    }));
  }
}
