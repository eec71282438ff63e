import { LightningElement } from 'lwc';
import { fetchFlows, setFlowActive } from 'shell/flowData';

const STARTS = {
  screen: () => 'Screen Flow',
  record: ({ objectName }) => `When a ${objectName} is saved, run asynchronously`
};

/** The package's Flows, and what ran of them. */
export default class FlowList extends LightningElement {
  flows = null;
  failure = null;

  async connectedCallback() {
    document.title = 'Flows | Personalization';
    try {
      this.flows = await fetchFlows();
    } catch (failure) {
      this.failure = failure.message;
    }
  }

  get rows() {
    return this.flows.map((flow) => ({
      ...flow,
      href: `/lightning/setup/flows/${flow.name}`,
      starts: STARTS[flow.kind](flow),
      switchLabel: `${flow.label} is active in this org`
    }));
  }

  async handleActive(event) {
    const { name } = event.target.dataset;
    const changed = await setFlowActive(name, event.target.checked);
    this.flows = this.flows.map((flow) => (flow.name === name ? changed : flow));
  }
}
