import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getNextBest from '@salesforce/apex/NextBestController.getNextBest';
import NextBestPromotion from 'c/nextBestPromotion';
import { find, findAll, textOf } from 'test/shadow';
import CONTROL_GROUP from './data/controlGroup.json';
import HOSTILE from './data/hostile.json';
import PROMOTIONS from './data/promotions.json';
import UNKNOWN_PERSON from './data/unknownPerson.json';

jest.mock(
  '@salesforce/apex/NextBestController.getNextBest',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn(() => Promise.resolve()) }), {
  virtual: true
});

const ON_THE_PAGE = {
  recordId: '003000000000001AAA',
  userIdentifier: 'Email',
  identityType: 'emailAddress',
  personalizationDataset: 'retail'
};

function mount(properties = {}) {
  const element = createElement('c-next-best-promotion', { is: NextBestPromotion });
  Object.assign(element, { ...ON_THE_PAGE, ...properties });
  document.body.appendChild(element);
  return element;
}

async function answered(answer, properties) {
  const element = mount(properties);
  getNextBest.emit(answer);
  await Promise.resolve();
  return element;
}

async function failed(code, properties) {
  const element = mount(properties);
  getNextBest.error({ message: JSON.stringify({ code, message: 'Down', correlationId: 'c-7' }) });
  await Promise.resolve();
  return element;
}

const stateOf = (element) => find(element, '[data-state]').dataset.state;
const titleOf = (element) => find(element, '.title').textContent;

describe('c-next-best-promotion', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  it('asks for promos on the channel Server, four at most, unless told otherwise', async () => {
    mount();
    await Promise.resolve();
    expect(getNextBest.getLastConfig()).toEqual({
      recordId: '003000000000001AAA',
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      datafield: 'promos',
      actionName: null,
      channel: 'Server',
      maxItems: 4,
      consentField: null
    });
  });

  it('asks what the administrator has set', async () => {
    mount({ campaignDatafield: 'vip', actionName: 'Call', channel: 'Web', maxItems: 2 });
    await Promise.resolve();
    expect(getNextBest.getLastConfig()).toMatchObject({
      datafield: 'vip',
      actionName: 'Call',
      channel: 'Web',
      maxItems: 2
    });
  });

  it('asks for the consent that the administrator wants to see on record', async () => {
    mount({ consentField: 'May_Ask__c' });
    await Promise.resolve();
    expect(getNextBest.getLastConfig().consentField).toBe('May_Ask__c');
  });

  it('has a title of its own until the administrator gives it one', () => {
    expect(titleOf(mount())).toBe('Next Best Promotion');
    expect(titleOf(mount({ title: 'Offer this' }))).toBe('Offer this');
  });

  it('keeps its height with grey shapes while it loads', () => {
    const element = mount();
    expect(stateOf(element)).toBe('loading');
    expect(findAll(element, 'c-promotion-tile')).toHaveLength(2);
  });

  it('draws a promotion with its picture and an action without one', async () => {
    const element = await answered(PROMOTIONS);
    const [promotion, action] = PROMOTIONS.items;
    expect(findAll(element, 'img').map(({ src }) => src)).toEqual([promotion.imageUrl]);
    expect(findAll(element, 'h3').map(({ textContent }) => textContent)).toEqual([
      promotion.name,
      action.ctaText
    ]);
    expect(findAll(element, 'a').map(({ href }) => href)).toEqual([promotion.url, action.url]);
  });

  it.each([
    ['removeImage', 'img, .panel'],
    ['removeDescription', '.description'],
    ['removeDetailsButton', 'a']
  ])('obeys %s', async (property, selector) => {
    expect(findAll(await answered(PROMOTIONS), selector)).toHaveLength(2);
    const element = await answered(PROMOTIONS, { [property]: true });
    expect(findAll(element, selector)).toHaveLength(0);
    expect(findAll(element, 'h3')).toHaveLength(2);
  });

  it('draws hostile addresses as nothing and hostile text as text', async () => {
    const element = await answered(HOSTILE);
    expect(findAll(element, 'a, img, script')).toEqual([]);
    expect(findAll(element, '.placeholder')).toHaveLength(3);
    expect(find(element, 'h3').textContent).toBe('<img src=x onerror=alert(1)>');
  });

  it('says why it is empty', async () => {
    const element = await answered(UNKNOWN_PERSON);
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toMatch(/does not know this person yet/);
  });

  it('says that the person is in the control group', async () => {
    const element = await answered(CONTROL_GROUP);
    expect(stateOf(element)).toBe('controlGroup');
    expect(textOf(element)).toMatch(/control group of “CRM promotions”/);
  });

  it('says how old a saved answer is', async () => {
    const element = await answered({ ...PROMOTIONS, stale: true });
    expect(find(element, '.stale').textContent).toMatch(/^Saved answer, as of \d+ (min|h|d) ago$/);
    expect(findAll(element, 'h3')).toHaveLength(2);
  });

  it('offers a second try after an error', async () => {
    const element = await failed('UPSTREAM_UNAVAILABLE');
    expect(stateOf(element)).toBe('fault');
    expect(textOf(element)).toMatch(/not answering right now/);
    find(find(element, 'c-fault-panel'), 'lightning-button').click();
    expect(refreshApex).toHaveBeenCalledTimes(1);
  });

  it('hides when it is empty and told to, but never an error', async () => {
    const hideWhenEmpty = true;
    const empty = await answered(UNKNOWN_PERSON, { hideWhenEmpty });
    expect(find(empty, 'lightning-card')).toBeNull();
    const error = await failed('UPSTREAM_UNAVAILABLE', { hideWhenEmpty });
    expect(find(error, 'lightning-card')).not.toBeNull();
  });

  it('is accessible while it loads', async () => {
    await expect(mount()).toBeAccessible();
  });

  it.each([
    ['with promotions', PROMOTIONS],
    ['with a saved answer', { ...PROMOTIONS, stale: true }],
    ['when it is empty', UNKNOWN_PERSON],
    ['for the control group', CONTROL_GROUP],
    ['with hostile items', HOSTILE]
  ])('is accessible %s', async (_, answer) => {
    await expect(await answered(answer)).toBeAccessible();
  });

  it('is accessible after an error', async () => {
    await expect(await failed('NOT_CONNECTED')).toBeAccessible();
  });
});
