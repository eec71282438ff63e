/**
 * Stands in for `lightning/navigation`: the page references our components use.
 * Source: LWC guide, "PageReference Types"; addresses as in Lightning Experience.
 */
const GENERATE_URL = Symbol('GenerateUrl');
const NAVIGATE = Symbol('Navigate');

const ADDRESSES = {
  standard__recordPage: ({ objectApiName, recordId, actionName }) =>
    `/lightning/r/${objectApiName}/${recordId}/${actionName}`,
  standard__objectPage: ({ objectApiName, actionName }) =>
    `/lightning/o/${objectApiName}/${actionName}`,
  standard__webPage: ({ url }) => url
};

export function NavigationMixin(Base) {
  return class extends Base {
    async [GENERATE_URL](pageReference) {
      return addressOf(pageReference);
    }

    [NAVIGATE](pageReference, replace = false) {
      const address = addressOf(pageReference);
      if (pageReference.type === 'standard__webPage') window.open(address, '_blank', 'noopener');
      else
        window.dispatchEvent(new CustomEvent('page__navigate', { detail: { address, replace } }));
    }
  };
}
NavigationMixin.GenerateUrl = GENERATE_URL;
NavigationMixin.Navigate = NAVIGATE;

function addressOf({ type, attributes }) {
  if (!(type in ADDRESSES)) {
    throw new Error(`The local page has no address for page references of type ${type}.`);
  }
  return ADDRESSES[type](attributes);
}
