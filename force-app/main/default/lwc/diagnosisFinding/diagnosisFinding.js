import { dateText } from 'c/timeText';
import { fillLabel } from 'c/fillLabel';
import { reasonSentence } from 'c/reasonSentence';
import ALL_DECLINED from '@salesforce/label/c.Personalization_Found_AllDeclined';
import ALL_HIDDEN from '@salesforce/label/c.Personalization_Found_AllHidden';
import CAMPAIGN_EXPLAINED from '@salesforce/label/c.Personalization_Found_CampaignExplained';
import CAMPAIGN_NOT_RETURNED from '@salesforce/label/c.Personalization_Found_CampaignNotReturned';
import CAMPAIGNS_RETURNED from '@salesforce/label/c.Personalization_Found_CampaignsReturned';
import CHANNEL_NOT_SUPPORTED from '@salesforce/label/c.Personalization_Found_ChannelNotSupported';
import COMPANY_ACCOUNT from '@salesforce/label/c.Personalization_Found_CompanyAccount';
import CONTROL_GROUP from '@salesforce/label/c.Personalization_Found_ControlGroup';
import DATAFIELD_RETURNED from '@salesforce/label/c.Personalization_Found_DatafieldReturned';
import DATASET_KNOWN from '@salesforce/label/c.Personalization_Found_DatasetKnown';
import EVENTS_FOUND from '@salesforce/label/c.Personalization_Found_EventsFound';
import IDENTIFIER_FOUND from '@salesforce/label/c.Personalization_Found_IdentifierFound';
import IDENTITY_TYPE_KNOWN from '@salesforce/label/c.Personalization_Found_IdentityTypeKnown';
import ITEMS_HOSTS from '@salesforce/label/c.Personalization_Found_ItemsHosts';
import ITEMS_LINKS from '@salesforce/label/c.Personalization_Found_ItemsLinks';
import ITEMS_NO_ID from '@salesforce/label/c.Personalization_Found_ItemsNoId';
import ITEMS_NO_ITEM from '@salesforce/label/c.Personalization_Found_ItemsNoItem';
import ITEMS_READ from '@salesforce/label/c.Personalization_Found_ItemsRead';
import ITEMS_TOO_MANY from '@salesforce/label/c.Personalization_Found_ItemsTooMany';
import NO_CAMPAIGNS from '@salesforce/label/c.Personalization_Found_NoCampaigns';
import NO_CONTACT from '@salesforce/label/c.Personalization_Found_NoContact';
import NO_DATAFIELD from '@salesforce/label/c.Personalization_Found_NoDatafield';
import NO_DATAFIELD_AT_ALL from '@salesforce/label/c.Personalization_Found_NoDatafieldAtAll';
import NO_EVENTS from '@salesforce/label/c.Personalization_Found_NoEvents';
import NO_EVENTS_IN_DATASET from '@salesforce/label/c.Personalization_Found_NoEventsInDataset';
import NO_IDENTIFIER from '@salesforce/label/c.Personalization_Found_NoIdentifier';
import NO_IDENTIFIER_OF_CONTACT from '@salesforce/label/c.Personalization_Found_NoIdentifierOfContact';
import NO_ITEMS from '@salesforce/label/c.Personalization_Found_NoItems';
import NOT_ASKED from '@salesforce/label/c.Personalization_Found_NotAsked';
import NOTHING_COUNTED from '@salesforce/label/c.Personalization_Found_NothingCounted';
import NOTHING_HIDDEN from '@salesforce/label/c.Personalization_Found_NothingHidden';
import OBJECTS_COUNTED from '@salesforce/label/c.Personalization_Found_ObjectsCounted';
import OUTSIDE_DATE_RANGE from '@salesforce/label/c.Personalization_Found_OutsideDateRange';
import PERSON_CREATED_ON_READ from '@salesforce/label/c.Personalization_Found_PersonCreatedOnRead';
import PERSON_NOT_SEEN from '@salesforce/label/c.Personalization_Found_PersonNotSeen';
import PERSON_ONLY_CLAIMED from '@salesforce/label/c.Personalization_Found_PersonOnlyClaimed';
import PERSON_ONLY_STATED from '@salesforce/label/c.Personalization_Found_PersonOnlyStated';
import PERSON_PROVEN from '@salesforce/label/c.Personalization_Found_PersonProven';
import PERSON_SEEN from '@salesforce/label/c.Personalization_Found_PersonSeen';
import SHOWN from '@salesforce/label/c.Personalization_Found_Shown';
import SOME_HIDDEN from '@salesforce/label/c.Personalization_Found_SomeHidden';
import UNKNOWN_DATASET from '@salesforce/label/c.Personalization_Found_UnknownDataset';
import UNKNOWN_IDENTITY_TYPE from '@salesforce/label/c.Personalization_Found_UnknownIdentityType';
import UNKNOWN_PERSON from '@salesforce/label/c.Personalization_Found_UnknownPerson';

/** By code: the label, and the parameters that fill it, in order. */
const SENTENCES = {
  ALL_DECLINED: [ALL_DECLINED, 'count'],
  ALL_HIDDEN: [ALL_HIDDEN, 'hiddenTypes'],
  CAMPAIGN_NOT_RETURNED: [CAMPAIGN_NOT_RETURNED, 'campaigns', 'datafield'],
  CAMPAIGNS_RETURNED: [CAMPAIGNS_RETURNED, 'campaigns'],
  CHANNEL_NOT_SUPPORTED: [CHANNEL_NOT_SUPPORTED, 'channel'],
  COMPANY_ACCOUNT: [COMPANY_ACCOUNT],
  CONTROL_GROUP: [CONTROL_GROUP, 'campaignName'],
  DATAFIELD_RETURNED: [DATAFIELD_RETURNED, 'campaigns', 'datafield'],
  DATASET_KNOWN: [DATASET_KNOWN, 'dataset'],
  EVENTS_FOUND: [EVENTS_FOUND],
  IDENTIFIER_FOUND: [IDENTIFIER_FOUND, 'field'],
  IDENTITY_TYPE_KNOWN: [IDENTITY_TYPE_KNOWN, 'identityType'],
  ITEMS_READ: [ITEMS_READ, 'count'],
  NO_CAMPAIGN_FOR_DATAFIELD: [NO_DATAFIELD, 'datafield', 'returnedDatafields'],
  NO_CAMPAIGNS: [NO_CAMPAIGNS],
  NO_CONTACT: [NO_CONTACT, 'object'],
  NO_EVENTS: [NO_EVENTS],
  NO_EVENTS_IN_DATASET: [NO_EVENTS_IN_DATASET],
  NO_IDENTIFIER: [NO_IDENTIFIER, 'field'],
  NO_IDENTIFIER_OF_CONTACT: [NO_IDENTIFIER_OF_CONTACT, 'field'],
  NO_ITEMS: [NO_ITEMS, 'campaignName'],
  NOTHING_COUNTED: [NOTHING_COUNTED],
  NOTHING_HIDDEN: [NOTHING_HIDDEN],
  OBJECTS_COUNTED: [OBJECTS_COUNTED, 'types'],
  OUTSIDE_DATE_RANGE: [OUTSIDE_DATE_RANGE],
  PERSON_CREATED_ON_READ: [PERSON_CREATED_ON_READ],
  PERSON_NOT_SEEN: [PERSON_NOT_SEEN],
  PERSON_SEEN: [PERSON_SEEN],
  SHOWN: [SHOWN, 'count'],
  SOME_HIDDEN: [SOME_HIDDEN, 'declined', 'cut'],
  UNKNOWN_DATASET: [UNKNOWN_DATASET, 'dataset', 'known'],
  UNKNOWN_IDENTITY_TYPE: [UNKNOWN_IDENTITY_TYPE, 'identityType', 'known'],
  UNKNOWN_PERSON: [UNKNOWN_PERSON]
};

/** What may be said of items, by parameter. */
const REFUSALS = [
  ['count', ITEMS_READ],
  ['noId', ITEMS_NO_ID],
  ['noItem', ITEMS_NO_ITEM],
  ['tooMany', ITEMS_TOO_MANY],
  ['links', ITEMS_LINKS],
  ['hosts', ITEMS_HOSTS]
];

/** By code: where one label is not enough. Parameters are texts; a list is joined with ', '. */
const COMPOSED = {
  CAMPAIGN_NOT_RETURNED: ({ campaigns, datafield, explanation }) =>
    explanation && fillLabel(CAMPAIGN_EXPLAINED, campaigns, datafield, explanation),
  ITEMS_REFUSED: (parameters) =>
    REFUSALS.filter(([name]) => parameters[name] && parameters[name] !== '0')
      .map(([name, label]) => fillLabel(label, parameters[name]))
      .join(' '),
  NO_CAMPAIGN_FOR_DATAFIELD: ({ datafield, returnedDatafields }) =>
    !returnedDatafields && fillLabel(NO_DATAFIELD_AT_ALL, datafield),
  PERSON_NOT_PROVEN: ({ tie }) => (tie === 'stated' ? PERSON_ONLY_STATED : PERSON_ONLY_CLAIMED),
  PERSON_PROVEN: ({ provenAt }) => fillLabel(PERSON_PROVEN, dateText(provenAt))
};
/**
 * Returns what a step found, {code, message, parameters}, as a sentence of our custom labels. A code
 * that this version does not know answers the service's own English `message`.
 */
export function diagnosisFinding({ code, message, parameters = {} }) {
  if (code?.startsWith('UPSTREAM_')) {
    return fillLabel(NOT_ASKED, message);
  }
  const composed = Object.hasOwn(COMPOSED, code ?? '') && COMPOSED[code](parameters);
  if (composed) {
    return composed;
  }
  if (Object.hasOwn(SENTENCES, code ?? '')) {
    const [label, ...names] = SENTENCES[code];
    return fillLabel(label, ...names.map((name) => parameters[name]));
  }
  return code ? reasonSentence({ code, message, parameters }) : '';
}
