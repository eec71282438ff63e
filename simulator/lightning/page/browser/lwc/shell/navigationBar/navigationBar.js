import { LightningElement, api } from 'lwc';

const TABS = [
  { label: 'Home', href: '/lightning/page/home', shows: ({ page }) => page === 'home' },
  objectTab('Contact', 'Contacts'),
  objectTab('Lead', 'Leads'),
  objectTab('Account', 'Accounts'),
  objectTab('Case', 'Cases'),
  objectTab('Opportunity', 'Opportunities'),
  objectTab('Offer_Response__c', 'Offer Responses'),
  {
    label: 'Reports',
    href: '/lightning/page/reports',
    shows: ({ page }) => page === 'reports'
  },
  {
    label: 'Setup',
    href: '/lightning/n/Personalization_Setup',
    shows: ({ pageName }) => pageName === 'Personalization_Setup'
  },
  {
    label: 'Components',
    href: '/lightning/setup/components',
    shows: ({ page }) => page === 'setup'
  },
  {
    label: 'Flows',
    href: '/lightning/setup/flows',
    shows: ({ page }) => ['flows', 'flow', 'run'].includes(page)
  }
];

/** Objects whose people may be shopped as. */
const SHOPPERS = ['Contact', 'Lead'];

function objectTab(name, label) {
  return {
    label,
    href: `/lightning/o/${name}/list`,
    shows: ({ objectName }) => objectName === name
  };
}

/** The app's name, its tabs, and the way to the simulated shop. */
export default class NavigationBar extends LightningElement {
  /** Where the page is, see `placeOf()`. */
  @api place;

  /** Whoever's record is open may be played in the shop. */
  get isOfShopper() {
    return this.place.page === 'record' && SHOPPERS.includes(this.place.objectName);
  }

  get shopHref() {
    return this.isOfShopper ? `/shop?as=${this.place.recordId}` : '/shop';
  }

  get shopLabel() {
    return this.isOfShopper ? 'Open the shop as this person' : 'Open the shop';
  }

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
