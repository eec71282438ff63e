import { LightningElement, api } from 'lwc';

const TABS = [
  { label: 'Home', href: '/lightning/page/home', shows: ({ page }) => page === 'home' },
  objectTab('Contact', 'Contacts'),
  objectTab('Lead', 'Leads'),
  objectTab('Account', 'Accounts'),
  {
    label: 'Components',
    href: '/lightning/setup/components',
    shows: ({ page }) => page === 'setup'
  }
];

function objectTab(name, label) {
  return {
    label,
    href: `/lightning/o/${name}/list`,
    shows: ({ objectName }) => objectName === name
  };
}

/** The app's name and its tabs. */
export default class NavigationBar extends LightningElement {
  /** Where the page is, see `placeOf()`. */
  @api place;

  get tabs() {
    return TABS.map(({ label, href, shows }) => {
      const isCurrent = shows(this.place);
      return {
        label,
        href,
        current: isCurrent ? 'page' : null,
        cssClass: `slds-context-bar__item${isCurrent ? ' slds-is-active' : ''}`
      };
    });
  }
}
