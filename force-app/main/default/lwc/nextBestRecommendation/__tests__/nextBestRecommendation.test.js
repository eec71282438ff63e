import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getNextBest from '@salesforce/apex/NextBestController.getNextBest';
import NextBestRecommendation from 'c/nextBestRecommendation';
import { find, findAll, textOf } from 'test/shadow';
import NO_CAMPAIGN from './data/noCampaign.json';
import RECOMMENDATIONS from './data/recommendations.json';

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
  const element = createElement('c-next-best-recommendation', { is: NextBestRecommendation });
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

describe('c-next-best-recommendation', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  it('asks for recs on the channel Server, four at most, unless told otherwise', async () => {
    mount();
    await Promise.resolve();
    expect(getNextBest.getLastConfig()).toEqual({
      recordId: '003000000000001AAA',
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      datafield: 'recs',
      actionName: null,
      channel: 'Server',
      maxItems: 4,
      consentField: null
    });
  });

  it('asks for the consent that the administrator wants to see on record', async () => {
    mount({ consentField: 'May_Ask__c' });
    await Promise.resolve();
    expect(getNextBest.getLastConfig().consentField).toBe('May_Ask__c');
  });

  it('has a title of its own until the administrator gives it one', () => {
    expect(titleOf(mount())).toBe('Next Best Recommendation');
    expect(titleOf(mount({ title: 'They may like' }))).toBe('They may like');
  });

  it('keeps its height with grey shapes while it loads', () => {
    const element = mount();
    expect(stateOf(element)).toBe('loading');
    expect(findAll(element, 'c-recommendation-tile')).toHaveLength(4);
  });

  it('draws each product with what is known of it', async () => {
    const element = await answered(RECOMMENDATIONS);
    const names = RECOMMENDATIONS.items.map(({ name }) => name);
    expect(findAll(element, 'h3').map(({ textContent }) => textContent)).toEqual(names);
    const prices = findAll(element, 'lightning-formatted-number').map(({ value }) => value);
    expect(prices).toEqual([2.55, 0]);
    const ratings = findAll(element, '[role="img"]').map(({ ariaLabel }) => ariaLabel);
    expect(ratings).toEqual(['Rated 4.3 out of 5', 'Rated 0 out of 5']);
  });

  it.each([
    ['removeImage', 'c-item-picture', 3],
    ['removeDescription', '.description', 2],
    ['removeDetailsButton', 'a', 2]
  ])('obeys %s', async (property, selector, count) => {
    expect(findAll(await answered(RECOMMENDATIONS), selector)).toHaveLength(count);
    const element = await answered(RECOMMENDATIONS, { [property]: true });
    expect(findAll(element, selector)).toHaveLength(0);
    expect(findAll(element, 'h3')).toHaveLength(3);
  });

  it('says which Datafields did answer', async () => {
    const element = await answered(NO_CAMPAIGN);
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toMatch(/“recs”.*did answer: promos\./);
  });

  it('says how old a saved answer is', async () => {
    const element = await answered({ ...RECOMMENDATIONS, stale: true });
    expect(find(element, '.stale').textContent).toMatch(/^Saved answer, as of \d+ (min|h|d) ago$/);
  });

  it('offers a second try after an error', async () => {
    const element = await failed('SERVICE_UNREACHABLE');
    expect(stateOf(element)).toBe('fault');
    find(find(element, 'c-fault-panel'), 'lightning-button').click();
    expect(refreshApex).toHaveBeenCalledTimes(1);
  });

  it('hides when it is empty and told to, but never an error', async () => {
    const hideWhenEmpty = true;
    const empty = await answered(NO_CAMPAIGN, { hideWhenEmpty });
    expect(find(empty, 'lightning-card')).toBeNull();
    const error = await failed('NOT_CONNECTED', { hideWhenEmpty });
    expect(find(error, 'lightning-card')).not.toBeNull();
  });

  it('is accessible while it loads', async () => {
    await expect(mount()).toBeAccessible();
  });

  it.each([
    ['with products', RECOMMENDATIONS],
    ['with a saved answer', { ...RECOMMENDATIONS, stale: true }],
    ['when it is empty', NO_CAMPAIGN]
  ])('is accessible %s', async (_, answer) => {
    await expect(await answered(answer)).toBeAccessible();
  });

  it('is accessible after an error', async () => {
    await expect(await failed('SERVICE_UNREACHABLE')).toBeAccessible();
  });
});
