import { fillLabel } from 'c/fillLabel';
import ALL_DECLINED from '@salesforce/label/c.Personalization_Reason_AllDeclined';
import CHANNEL_NOT_SUPPORTED from '@salesforce/label/c.Personalization_Reason_ChannelNotSupported';
import COMPANY_ACCOUNT from '@salesforce/label/c.Personalization_Reason_CompanyAccount';
import CONTACT_NOT_VISIBLE from '@salesforce/label/c.Personalization_Reason_ContactNotVisible';
import CONTROL_GROUP from '@salesforce/label/c.Personalization_Reason_ControlGroup';
import CONTROL_GROUP_OF from '@salesforce/label/c.Personalization_Reason_ControlGroupOf';
import FIELD_OF_CONTACT_NOT_VISIBLE from '@salesforce/label/c.Personalization_Reason_FieldOfContactNotVisible';
import NO_AFFINITIES from '@salesforce/label/c.Personalization_Reason_NoAffinities';
import NO_CAMPAIGN from '@salesforce/label/c.Personalization_Reason_NoCampaign';
import NO_CAMPAIGN_BUT from '@salesforce/label/c.Personalization_Reason_NoCampaignBut';
import NO_CONSENT from '@salesforce/label/c.Personalization_Reason_NoConsent';
import NO_CONTACT from '@salesforce/label/c.Personalization_Reason_NoContact';
import NO_CONTACTS from '@salesforce/label/c.Personalization_Reason_NoContacts';
import NO_EVENTS from '@salesforce/label/c.Personalization_Reason_NoEvents';
import NO_EVENTS_OF_PEOPLE from '@salesforce/label/c.Personalization_Reason_NoEventsOfPeople';
import NO_EVENTS_OF_KINDS from '@salesforce/label/c.Personalization_Reason_NoEventsOfKinds';
import NO_IDENTIFIER from '@salesforce/label/c.Personalization_Reason_NoIdentifier';
import NO_IDENTIFIER_OF_CONTACT from '@salesforce/label/c.Personalization_Reason_NoIdentifierOfContact';
import NO_ITEMS from '@salesforce/label/c.Personalization_Reason_NoItems';
import NO_ITEMS_OF from '@salesforce/label/c.Personalization_Reason_NoItemsOf';
import NO_PEOPLE_OF_YOURS from '@salesforce/label/c.Personalization_Reason_NoPeopleOfYours';
import NO_RECORD from '@salesforce/label/c.Personalization_Reason_NoRecord';
import NOT_CONFIGURED from '@salesforce/label/c.Personalization_Reason_NotConfigured';
import UNKNOWN_PEOPLE from '@salesforce/label/c.Personalization_Reason_UnknownPeople';
import UNKNOWN_PERSON from '@salesforce/label/c.Personalization_Reason_UnknownPerson';

/** One sentence for each reason code of the service, and for those that components give themselves. */
const SENTENCES = {
  ALL_DECLINED: () => ALL_DECLINED,
  CHANNEL_NOT_SUPPORTED: ({ channel }) => fillLabel(CHANNEL_NOT_SUPPORTED, channel),
  COMPANY_ACCOUNT: () => COMPANY_ACCOUNT,
  CONTACT_NOT_VISIBLE: () => CONTACT_NOT_VISIBLE,
  CONTROL_GROUP: ({ campaignName }) => named(campaignName, CONTROL_GROUP_OF, CONTROL_GROUP),
  FIELD_OF_CONTACT_NOT_VISIBLE: ({ field }) => fillLabel(FIELD_OF_CONTACT_NOT_VISIBLE, field),
  NO_AFFINITIES: ({ showBy, dateRange }) => fillLabel(NO_AFFINITIES, showBy, dateRange),
  NO_CAMPAIGN_FOR_DATAFIELD: ({ datafield, returnedDatafields }) => {
    const returned = listed(returnedDatafields);
    return returned
      ? fillLabel(NO_CAMPAIGN_BUT, datafield, returned)
      : fillLabel(NO_CAMPAIGN, datafield);
  },
  NO_CONSENT: ({ field }) => fillLabel(NO_CONSENT, field),
  NO_CONTACT: ({ object }) => fillLabel(NO_CONTACT, object),
  NO_CONTACTS: () => NO_CONTACTS,
  NO_EVENTS: ({ people }) => (people ? NO_EVENTS_OF_PEOPLE : NO_EVENTS),
  NO_EVENTS_OF_KINDS: () => NO_EVENTS_OF_KINDS,
  NO_IDENTIFIER: ({ field }) => fillLabel(NO_IDENTIFIER, field),
  NO_IDENTIFIER_OF_CONTACT: ({ field }) => fillLabel(NO_IDENTIFIER_OF_CONTACT, field),
  NO_ITEMS: ({ campaignName }) => named(campaignName, NO_ITEMS_OF, NO_ITEMS),
  NO_PEOPLE_OF_YOURS: () => NO_PEOPLE_OF_YOURS,
  NO_RECORD: () => NO_RECORD,
  NOT_CONFIGURED: ({ settings }) => fillLabel(NOT_CONFIGURED, settings),
  UNKNOWN_PEOPLE: ({ asked }) => fillLabel(UNKNOWN_PEOPLE, asked),
  UNKNOWN_PERSON: () => UNKNOWN_PERSON
};

/**
 * Returns why there is nothing to show, and what to do, as one sentence of our custom labels.
 * A code that this version does not know answers the service's own English `message`.
 */
export function reasonSentence(reason) {
  const sentence = Object.hasOwn(SENTENCES, reason?.code ?? '') ? SENTENCES[reason.code] : null;
  return sentence?.(reason.parameters ?? {}) ?? (reason?.message || NO_ITEMS);
}

function named(campaignName, withName, withoutName) {
  return campaignName ? fillLabel(withName, campaignName) : withoutName;
}

function listed(names) {
  return Array.isArray(names) ? names.join(', ') : names; // Apex has joined the list already
}
