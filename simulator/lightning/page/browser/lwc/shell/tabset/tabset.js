import { LightningElement, api } from 'lwc';

/** Tabs of a record page; each holds parts of its own. */
export default class Tabset extends LightningElement {
  /** `[{label, isActive, parts}]`, see `pageView()` of the server. */
  @api tabs;
  @api record;

  get activeTab() {
    return (this.tabs.find((tab) => tab.isActive) ?? this.tabs[0]).label;
  }

  get numberedTabs() {
    return this.tabs.map(({ label, parts }) => ({
      label,
      parts: parts.map((item, number) => ({ key: `${label}-${number}`, item }))
    }));
  }
}
