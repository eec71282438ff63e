import { LightningElement, api } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';

/** A person's name that leads to the record's page, in whichever shell Salesforce runs. */
export default class RecordLink extends NavigationMixin(LightningElement) {
  /** {recordId, objectApiName, name} */
  @api link;

  address;

  get page() {
    const { recordId, objectApiName } = this.link;
    return {
      type: 'standard__recordPage',
      attributes: { recordId, objectApiName, actionName: 'view' }
    };
  }

  async connectedCallback() {
    this.address = await this[NavigationMixin.GenerateUrl](this.page);
  }

  handleClick(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return; // the browser opens a tab or a window
    }
    event.preventDefault();
    event.stopPropagation();
    this[NavigationMixin.Navigate](this.page);
  }
}
