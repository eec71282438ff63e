import { offerKey, shownOffer, withheldOffer } from 'c/shownOffer';

const ITEM = {
  itemType: 'Promotion',
  id: 'tea',
  name: 'Spring tea set',
  description: 'Ten percent off',
  url: 'https://shop.example/tea',
  price: 12.5,
  ctaText: 'Offer it',
  campaignId: 'c1',
  campaignName: 'CRM promotions',
  experienceId: 'e1',
  userGroup: 'Default'
};

describe('shownOffer', () => {
  it('tells Apex what it knows, and nothing else', () => {
    expect(shownOffer(ITEM)).toEqual({
      itemType: 'Promotion',
      id: 'tea',
      name: 'Spring tea set',
      campaignId: 'c1',
      campaignName: 'CRM promotions',
      experienceId: 'e1',
      userGroup: 'Default'
    });
  });

  it.each([
    [{ ...ITEM, name: null }, 'Offer it'],
    [{ ...ITEM, name: '', ctaText: null }, 'tea']
  ])('always has a name', (item, name) => {
    expect(shownOffer(item).name).toBe(name);
  });

  it('tells the same item of two experiences apart', () => {
    expect(offerKey(ITEM)).toBe(offerKey({ ...ITEM, name: 'Another name' }));
    expect(offerKey(ITEM)).not.toBe(offerKey({ ...ITEM, experienceId: 'e2' }));
  });

  it('names what was withheld from the control group', () => {
    const parameters = { campaignId: 'c1', campaignName: 'CRM promotions', experienceId: 'e1' };
    const answer = { reason: { code: 'CONTROL_GROUP', parameters } };
    expect(withheldOffer(answer)).toEqual({ ...parameters, userGroup: 'Control' });
  });

  it.each([
    undefined,
    { reason: null },
    { reason: { code: 'NO_ITEMS', parameters: { experienceId: 'e1' } } },
    { reason: { code: 'CONTROL_GROUP', parameters: { campaignName: 'x' } } },
    { reason: { code: 'CONTROL_GROUP', parameters: null } }
  ])('names nothing otherwise: %p', (answer) => {
    expect(withheldOffer(answer)).toBeNull();
  });
});
