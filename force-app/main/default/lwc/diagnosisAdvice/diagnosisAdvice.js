import { fillLabel } from 'c/fillLabel';
import ACCESS from '@salesforce/label/c.Personalization_Advice_Access';
import CHANNEL from '@salesforce/label/c.Personalization_Advice_Channel';
import CONSENT from '@salesforce/label/c.Personalization_Advice_Consent';
import CONTROL_GROUP from '@salesforce/label/c.Personalization_Advice_ControlGroup';
import CREATE_ON_READ from '@salesforce/label/c.Personalization_Advice_CreateOnRead';
import DATAFIELD from '@salesforce/label/c.Personalization_Advice_Datafield';
import DATASET from '@salesforce/label/c.Personalization_Advice_Dataset';
import DECLINED from '@salesforce/label/c.Personalization_Advice_Declined';
import DOCTOR from '@salesforce/label/c.Personalization_Advice_Doctor';
import HIDDEN from '@salesforce/label/c.Personalization_Advice_Hidden';
import HOSTS from '@salesforce/label/c.Personalization_Advice_Hosts';
import IDENTIFIER from '@salesforce/label/c.Personalization_Advice_Identifier';
import IDENTITY_TYPE from '@salesforce/label/c.Personalization_Advice_IdentityType';
import IDS from '@salesforce/label/c.Personalization_Advice_Ids';
import IMPORT_PEOPLE from '@salesforce/label/c.Personalization_Advice_ImportPeople';
import MAX_ITEMS from '@salesforce/label/c.Personalization_Advice_MaxItems';
import MEASURE from '@salesforce/label/c.Personalization_Advice_Measure';
import PERIOD from '@salesforce/label/c.Personalization_Advice_Period';
import PUBLISH from '@salesforce/label/c.Personalization_Advice_Publish';
import RECIPE from '@salesforce/label/c.Personalization_Advice_Recipe';
import RULES from '@salesforce/label/c.Personalization_Advice_Rules';
import SCRIPT from '@salesforce/label/c.Personalization_Advice_Script';
import SETTINGS from '@salesforce/label/c.Personalization_Advice_Settings';
import WATCH_SITE from '@salesforce/label/c.Personalization_Advice_WatchSite';

/** By code of what a step found. */
const ADVICE = {
  ALL_DECLINED: ({ days }) => fillLabel(DECLINED, days),
  ALL_HIDDEN: () => HIDDEN,
  CAMPAIGN_NOT_RETURNED: () => RULES,
  CHANNEL_NOT_SUPPORTED: () => CHANNEL,
  COMPANY_ACCOUNT: () => IDENTIFIER,
  CONTACT_NOT_VISIBLE: () => ACCESS,
  CONTROL_GROUP: () => CONTROL_GROUP,
  FIELD_NOT_VISIBLE: () => ACCESS,
  FIELD_OF_CONTACT_NOT_VISIBLE: () => ACCESS,
  INVALID_CONFIGURATION: () => SETTINGS,
  ITEMS_REFUSED: ({ links }) => (Number(links) ? HOSTS : IDS),
  NO_CAMPAIGN_FOR_DATAFIELD: () => DATAFIELD,
  NO_CAMPAIGNS: () => PUBLISH,
  NO_CONSENT: () => CONSENT,
  NO_CONTACT: () => IDENTIFIER,
  NO_EVENTS: () => WATCH_SITE,
  NO_EVENTS_IN_DATASET: () => SCRIPT,
  NO_IDENTIFIER: () => IDENTIFIER,
  NO_IDENTIFIER_OF_CONTACT: () => IDENTIFIER,
  NO_ITEMS: () => RECIPE,
  NOTHING_COUNTED: () => MEASURE,
  OUTSIDE_DATE_RANGE: () => PERIOD,
  PERSON_CREATED_ON_READ: () => CREATE_ON_READ,
  PERSON_NOT_PROVEN: () => IMPORT_PEOPLE,
  PERSON_NOT_SEEN: () => WATCH_SITE,
  RECORD_NOT_VISIBLE: () => ACCESS,
  SOME_HIDDEN: () => MAX_ITEMS,
  UNKNOWN_DATASET: () => DATASET,
  UNKNOWN_IDENTITY_TYPE: () => IDENTITY_TYPE,
  UNKNOWN_PERSON: () => IMPORT_PEOPLE
};

/**
 * Returns what to do about what a step found, {code, parameters, next}, or null. A code that this
 * version does not know answers the service's own English `next`.
 */
export function diagnosisAdvice({ code, parameters = {}, next }) {
  if (code?.startsWith('UPSTREAM_')) {
    return DOCTOR;
  }
  return Object.hasOwn(ADVICE, code ?? '') ? ADVICE[code](parameters) : next || null;
}
