import { LightningElement } from 'lwc';
import getSettings from '@salesforce/apex/SettingsController.getSettings';
import FROM_BOTH from '@salesforce/label/c.Personalization_OrgSettings_FromBoth';
import FROM_ENVIRONMENT from '@salesforce/label/c.Personalization_OrgSettings_FromEnvironment';
import FROM_FILE from '@salesforce/label/c.Personalization_OrgSettings_FromFile';
import INTRO from '@salesforce/label/c.Personalization_OrgSettings_Intro';
import THIS_ORG from '@salesforce/label/c.Personalization_OrgSettings_ThisOrg';
import TITLE from '@salesforce/label/c.Personalization_OrgSettings_Title';
import { reduceErrors } from 'c/reduceErrors';

/** By where a secret comes from: what stands in its place. */
const SECRETS = { env: FROM_ENVIRONMENT, file: FROM_FILE, 'env file': FROM_BOTH };

/** What the operator has set for this org, under the names of the tenants file. */
export default class Settings extends LightningElement {
  sections;
  fault;
  isBusy = false;

  label = { intro: INTRO, title: TITLE };

  connectedCallback() {
    this.load();
  }

  get hasAnswer() {
    return Boolean(this.sections);
  }

  get tables() {
    return this.sections.map(({ path, settings }) => ({
      path,
      heading: path || THIS_ORG,
      settings: settings.map(({ name, values, secret }) => ({
        name,
        text: secret ? SECRETS[secret] : values.join(', '),
        className: secret ? 'value value_secret' : 'value'
      }))
    }));
  }

  handleRefresh() {
    return this.load();
  }

  async load() {
    this.isBusy = true;
    try {
      this.sections = await getSettings();
      this.fault = undefined;
    } catch (error) {
      this.fault = reduceErrors(error);
    }
    this.isBusy = false;
  }
}
