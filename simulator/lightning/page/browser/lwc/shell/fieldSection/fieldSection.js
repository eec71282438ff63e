import { LightningElement, api } from 'lwc';

/** Fields under a heading, in columns. */
export default class FieldSection extends LightningElement {
  @api label;
  /** `[[field]]`, see `recordView()` of the server. */
  @api columns;

  /** A section without any field that the user may see is not drawn. */
  get hasFields() {
    return this.columns.some((fields) => fields.length > 0);
  }

  get numbered() {
    return this.columns.map((fields, number) => ({ key: `column-${number}`, fields }));
  }
}
