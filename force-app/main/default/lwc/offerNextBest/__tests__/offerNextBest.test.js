import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getSettings from '@salesforce/apex/OfferActionSettings.getSettings';
import OfferNextBest from 'c/offerNextBest';
import { find, findAll, textOf } from 'test/shadow';

jest.mock(
  '@salesforce/apex/OfferActionSettings.getSettings',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn(() => Promise.resolve()) }), {
  virtual: true
});
jest.mock(
  '@salesforce/apex/NextBestController.getNextBest',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);

const SETTINGS = {
  userIdentifier: 'Email',
  identityType: 'emailAddress',
  dataset: 'retail',
  promotions: 'promos',
  recommendations: 'recs',
  declineReasons: 'Too expensive; Bad time'
};

async function mount(settings, recordId = '003000000000001AAA') {
  const element = createElement('c-offer-next-best', { is: OfferNextBest });
  element.recordId = recordId;
  document.body.appendChild(element);
  if (settings) {
    getSettings.emit(settings);
  }
  await Promise.resolve();
  return element;
}

const cardsOf = (element) => findAll(element, 'c-next-best-card');

describe('c-offer-next-best', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  it('shows promotions and recommendations with the answers of the administrator', async () => {
    const cards = cardsOf(await mount(SETTINGS));
    expect(cards.map(({ kind, campaignDatafield }) => [kind, campaignDatafield])).toEqual([
      ['promotion', 'promos'],
      ['recommendation', 'recs']
    ]);
    for (const card of cards) {
      expect([card.recordId, card.userIdentifier, card.identityType]).toEqual([
        '003000000000001AAA',
        'Email',
        'emailAddress'
      ]);
      expect(card.personalizationDataset).toBe('retail');
      expect(card.responseSettings).toEqual({ declineReasons: 'Too expensive; Bad time' });
    }
  });

  it('leaves out a kind without a Datafield', async () => {
    const [only, ...others] = cardsOf(await mount({ ...SETTINGS, promotions: undefined }));
    expect([only.kind, others.length]).toEqual(['recommendation', 0]);
  });

  it('waits for the record, which the platform tells later', async () => {
    const element = await mount(SETTINGS, null);
    expect(find(element, 'lightning-spinner')).toBeTruthy();
    element.recordId = '00Q000000000001AAA';
    await Promise.resolve();
    expect(cardsOf(element)).toHaveLength(2);
  });

  it.each([
    [{}],
    [{ ...SETTINGS, dataset: '' }],
    [{ ...SETTINGS, promotions: '', recommendations: '' }]
  ])('says where it is set up: %p', async (settings) => {
    const element = await mount(settings);
    expect(cardsOf(element)).toHaveLength(0);
    expect(textOf(element)).toMatch(/Custom Metadata Types, Personalization Setting/);
  });

  it('tells a failure and tries again', async () => {
    const element = await mount(null);
    getSettings.error({ message: JSON.stringify({ code: 'INTERNAL_ERROR' }) });
    await Promise.resolve();
    const panel = find(element, 'c-fault-panel');
    expect(panel.fault.code).toBe('INTERNAL_ERROR');
    panel.dispatchEvent(new CustomEvent('retry'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
  });
});
