import { LightningElement, api } from 'lwc';
import { fetchFlow } from 'shell/flowData';
import { fetchList } from 'shell/orgData';

const KINDS = {
  actionCalls: 'Action',
  assignments: 'Assignment',
  decisions: 'Decision',
  recordCreates: 'Create Records',
  recordLookups: 'Get Records',
  screens: 'Screen'
};

/** One Flow: its elements, the property editor of the chosen one, and ways to run it. */
export default class FlowDetail extends LightningElement {
  flow = null;
  people = [];
  failure = null;
  chosenName = null;

  /** API name. */
  @api flowName;

  async connectedCallback() {
    try {
      this.flow = await fetchFlow(this.flowName);
      document.title = `${this.flow.label} | Personalization`;
      this.chosenName = this.flow.elements.find(({ editor }) => editor)?.name ?? null;
      if (this.isScreenFlow) this.people = (await fetchList('Contact', '')).rows;
    } catch (failure) {
      this.failure = failure.message;
    }
  }

  get elements() {
    return this.flow.elements.map((element) => ({
      ...element,
      kindLabel: element.action ? `Action: ${element.action}` : KINDS[element.kind],
      isChosen: String(element.name === this.chosenName),
      cssClass: `slds-button element${element.name === this.chosenName ? ' chosen' : ''}`
    }));
  }

  /** The chosen element as a list of one: another choice, or a reset, opens the panel anew. */
  get chosen() {
    const chosen = this.flow.elements.filter(({ name }) => name === this.chosenName);
    return chosen.map((element) => ({ element, key: `${element.name}-${element.opened ?? 0}` }));
  }

  get isScreenFlow() {
    return this.flow.kind === 'screen';
  }

  get personOptions() {
    return this.people.map(({ id, cells }) => ({ id, name: cells[0].value }));
  }

  get listAddress() {
    return `/lightning/o/${this.flow.objectName}/list`;
  }

  get runAddress() {
    return `/lightning/flow/${this.flow.name}`;
  }

  handleChoose(event) {
    this.chosenName = event.currentTarget.dataset.name;
  }

  handleSaved(event) {
    const { element: saved, isReset } = event.detail;
    const elements = this.flow.elements.map((one) => {
      if (one.name !== saved.name) return one;
      return { ...saved, opened: (one.opened ?? 0) + (isReset ? 1 : 0) };
    });
    this.flow = { ...this.flow, elements };
  }
}
