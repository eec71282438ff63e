import { diagnosisFinding } from 'c/diagnosisFinding';

const found = (code, parameters, message = 'In English.') =>
  diagnosisFinding({ code, parameters, message });

describe('c/diagnosisFinding', () => {
  it.each([
    ['NO_IDENTIFIER', { field: 'Email' }, 'Email is blank on this record.'],
    ['UNKNOWN_DATASET', { dataset: 'a', known: 'b, c' }, /dataset a\. It knows: b, c\.$/],
    ['CONTROL_GROUP', { campaignName: 'Spring' }, /control group of “Spring”/],
    ['SOME_HIDDEN', { declined: '1', cut: '2' }, 'Declined: 1. Beyond Maximum Items: 2.'],
    ['SHOWN', { count: '3' }, /^There is something to show: 3\./]
  ])('fills the label of %s', (code, parameters, sentence) => {
    expect(found(code, parameters)).toMatch(sentence);
  });

  it('tells when a person was proven', () => {
    expect(found('PERSON_PROVEN', { provenAt: '2026-11-21T12:00:00Z' })).toMatch(/2026\.$/);
  });

  it('tells who has named a person that nobody has proven', () => {
    expect(found('PERSON_NOT_PROVEN', { tie: 'claimed' })).toMatch(/^Only the site’s script/);
    expect(found('PERSON_NOT_PROVEN', { tie: 'stated' })).toMatch(/^Only an import, a Flow/);
  });

  it('quotes Personalization where it explains itself', () => {
    const parameters = { campaigns: 'Spring', datafield: 'promos' };
    expect(found('CAMPAIGN_NOT_RETURNED', parameters)).toMatch(/the Datafield promos\.$/);
    expect(
      found('CAMPAIGN_NOT_RETURNED', { ...parameters, explanation: 'Only for France.' })
    ).toMatch(/Personalization says: Only for France\.$/);
  });

  it('names the Datafields that did return, if any', () => {
    const parameters = { datafield: 'promo', returnedDatafields: 'promos, recs' };
    expect(found('NO_CAMPAIGN_FOR_DATAFIELD', parameters)).toMatch(/that did: promos, recs\.$/);
    expect(found('NO_CAMPAIGN_FOR_DATAFIELD', { ...parameters, returnedDatafields: '' })).toMatch(
      /or any other\.$/
    );
  });

  it('counts only what was refused', () => {
    const parameters = { count: '2', noId: '1', noItem: '0', tooMany: '0', links: '4' };
    expect(found('ITEMS_REFUSED', { ...parameters, hosts: 'a.example' })).toBe(
      'Items that could be read: 2. Without an id: 1. Links and pictures left out, as they are ' +
        'not https on an allowed host: 4. Hosts: a.example.'
    );
  });

  it('passes on what Personalization refused', () => {
    expect(found('UPSTREAM_BUSY', {}, 'It is busy.')).toBe(
      'Personalization could not be asked: It is busy.'
    );
  });

  it('says a reason of the cards that is not its own, and else the service’s English', () => {
    expect(found('CONTACT_NOT_VISIBLE', {})).toMatch(/may not see the contact/);
    expect(found('BRAND_NEW', {})).toBe('In English.');
  });
});
