import { reasonSentence } from 'c/reasonSentence';

const say = (code, parameters, message) => reasonSentence({ code, parameters, message });

describe('c-reason-sentence', () => {
  it('names the field that is blank', () => {
    expect(say('NO_IDENTIFIER', { field: 'Email' })).toMatch(/^Email is blank on this record/);
  });

  it('says what is wrong with the contact behind the record', () => {
    expect(say('NO_CONTACT', { object: 'Case' })).toMatch(/^This Case has no contact/);
    expect(say('NO_IDENTIFIER_OF_CONTACT', { field: 'Email' })).toMatch(
      /^Email is blank on the contact/
    );
    expect(say('CONTACT_NOT_VISIBLE')).toMatch(/may not see the contact/);
    expect(say('FIELD_OF_CONTACT_NOT_VISIBLE', { field: 'Email' })).toMatch(/see the field Email/);
    expect(say('COMPANY_ACCOUNT')).toMatch(/is a company/);
  });

  it('says why nobody of several is there', () => {
    expect(say('NO_EVENTS', { people: '3' })).toMatch(/^Nothing has been seen of these people/);
    expect(say('NO_CONTACTS')).toMatch(/^No contact of this account/);
    expect(say('NO_PEOPLE_OF_YOURS')).toMatch(/^You own no contact or lead/);
    expect(say('UNKNOWN_PEOPLE', { asked: 7 })).toMatch(/\(7 asked for\)/);
  });

  it('says that the person is not known', () => {
    expect(say('UNKNOWN_PERSON', { identityType: 'emailAddress' })).toMatch(/does not know/);
  });

  it('says honestly that the person is held out, and by which campaign', () => {
    expect(say('CONTROL_GROUP', { campaignName: 'Spring' })).toMatch(/control group of “Spring”/);
    expect(say('CONTROL_GROUP')).toMatch(/control group and is shown nothing on purpose/);
  });

  it('lists the Datafields that did answer', () => {
    const parameters = { datafield: 'promo', returnedDatafields: ['promos', 'recs'] };
    expect(say('NO_CAMPAIGN_FOR_DATAFIELD', parameters)).toMatch(
      /“promo”.* answer: promos, recs\.$/
    );
  });

  it('takes the list as Apex joins it', () => {
    const parameters = { datafield: 'promo', returnedDatafields: 'promos, recs' };
    expect(say('NO_CAMPAIGN_FOR_DATAFIELD', parameters)).toMatch(/ answer: promos, recs\.$/);
  });

  it.each([[[]], [''], [undefined]])('sends to the campaign when nothing answered: %p', (none) => {
    const parameters = { datafield: 'promos', returnedDatafields: none };
    expect(say('NO_CAMPAIGN_FOR_DATAFIELD', parameters)).toMatch(/“promos”.* is published/);
  });

  it('names the campaign that had nothing to suggest', () => {
    expect(say('NO_ITEMS', { campaignName: 'Top sellers' })).toMatch(/^“Top sellers” has nothing/);
    expect(say('NO_ITEMS', {})).toMatch(/^There is nothing to suggest/);
  });

  it('names the channel that cannot be asked', () => {
    expect(say('CHANNEL_NOT_SUPPORTED', { channel: 'Web' })).toMatch(/^Channel “Web” cannot/);
  });

  it('says that everything was declined', () => {
    expect(say('ALL_DECLINED')).toMatch(/declined everything/);
  });

  it('says what is missing in the setup', () => {
    expect(say('NOT_CONFIGURED', { settings: 'Dataset' })).toMatch(/chooses Dataset in Lightning/);
    expect(say('NO_CONSENT', { field: 'Email Opt Out' })).toBe(
      'No consent on record (Email Opt Out).'
    );
    expect(say('NO_RECORD')).toMatch(/once the page shows a record/);
  });

  it('says which choice found no affinities', () => {
    const parameters = { showBy: 'Purchases', dateRange: 'Last 7 Days' };
    expect(say('NO_AFFINITIES', parameters)).toMatch(/^No Purchases .* \(Last 7 Days\)/);
  });

  it('says that nothing was seen, or nothing of the chosen kinds', () => {
    expect(say('NO_EVENTS')).toMatch(/^Nothing has been seen/);
    expect(say('NO_EVENTS_OF_KINDS')).toMatch(/^No events of these kinds/);
  });

  it('falls back to the sentence of the service for a code it does not know', () => {
    expect(say('NEW_REASON', {}, 'A sentence of the service.')).toBe('A sentence of the service.');
    expect(say('toString', {}, 'Not a method.')).toBe('Not a method.');
  });

  it('still says something when there is no reason at all', () => {
    expect(reasonSentence(null)).toMatch(/^There is nothing to suggest/);
    expect(say('NEW_REASON')).toMatch(/^There is nothing to suggest/);
  });
});
