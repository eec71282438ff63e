import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getNextBest from '@salesforce/apex/NextBestController.getNextBest';
import NextBestCard from 'c/nextBestCard';
import { find, findAll, textOf } from 'test/shadow';
import PROMOTIONS from './data/promotions.json';

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

const SETTINGS = {
  kind: 'promotion',
  cardTitle: 'Offers',
  recordId: '003000000000001AAA',
  userIdentifier: 'Email',
  identityType: 'emailAddress',
  personalizationDataset: 'retail',
  campaignDatafield: 'promos'
};
const FAULT = { message: JSON.stringify({ code: 'SERVICE_UNREACHABLE', message: 'Timed out' }) };

function mount(settings = {}) {
  const element = createElement('c-next-best-card', { is: NextBestCard });
  Object.assign(element, { ...SETTINGS, ...settings });
  document.body.appendChild(element);
  return element;
}

async function emit(emission) {
  emission();
  await Promise.resolve();
}

const answered = (answer) => emit(() => getNextBest.emit(answer));
const failed = () => emit(() => getNextBest.error(FAULT));
const stateOf = (element) => find(element, '[data-state]').dataset.state;
const frameOf = (element) => find(element, 'c-personalization-card');
const tilesIn = (element) => findAll(element, 'c-promotion-tile').map(({ item }) => item?.name);

describe('c-next-best-card', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  it('sends null for what may be left blank, because undefined would never be sent', async () => {
    mount({ actionName: '' });
    await Promise.resolve();
    expect(getNextBest.getLastConfig()).toEqual({
      recordId: '003000000000001AAA',
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      datafield: 'promos',
      actionName: null,
      channel: null,
      maxItems: null
    });
  });

  it.each([
    ['promotion', undefined, 2],
    ['recommendation', undefined, 4],
    ['recommendation', 3, 3],
    ['promotion', 1, 1],
    ['promotion', 10, 2]
  ])('draws grey shapes while a %s loads, at most %p: %d', (kind, maxItems, count) => {
    const element = mount({ kind, maxItems });
    expect(stateOf(element)).toBe('loading');
    expect(findAll(element, `c-${kind}-tile`)).toHaveLength(count);
    expect(find(element, '[role="status"]').textContent).toBe('Loading Offers');
  });

  it('draws the items in the order of the answer', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    expect(stateOf(element)).toBe('content');
    expect(tilesIn(element)).toEqual(PROMOTIONS.items.map(({ name }) => name));
  });

  it('shows the answer it has when a refresh fails, and says that it is old', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    await failed();
    expect(stateOf(element)).toBe('content');
    expect(find(element, '.stale')).not.toBeNull();
    await answered(PROMOTIONS);
    expect(find(element, '.stale')).toBeNull();
  });

  it('never shows the answer of one record on another', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    element.recordId = '003000000000002AAA';
    await Promise.resolve();
    expect(stateOf(element)).toBe('loading');
    await failed();
    expect(stateOf(element)).toBe('fault');
  });

  it('asks again through the wire it was answered by', async () => {
    const element = mount();
    await failed();
    frameOf(element).dispatchEvent(new CustomEvent('refresh'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
    expect(refreshApex.mock.calls[0][0].error).toBeDefined();
  });

  it.each([
    ['answers', () => Promise.resolve()],
    ['fails', () => Promise.reject(new Error('down'))]
  ])('turns until the second question %s', async (_, outcome) => {
    const element = mount();
    await answered(PROMOTIONS);
    refreshApex.mockImplementationOnce(outcome);
    frameOf(element).dispatchEvent(new CustomEvent('refresh'));
    await Promise.resolve();
    expect(frameOf(element).isRefreshing).toBe(true);
    await new Promise(process.nextTick);
    expect(frameOf(element).isRefreshing).toBe(false);
  });

  it('says which settings are missing instead of waiting for ever', () => {
    const element = mount({ userIdentifier: undefined, personalizationDataset: '' });
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toContain('chooses User Identifier, Dataset in Lightning App Builder');
  });

  it('keeps an unfinished setup visible', () => {
    const element = mount({ identityType: undefined, hideWhenEmpty: true });
    expect(textOf(element)).toContain('chooses Identity Type');
  });

  it('says that it needs a record', () => {
    expect(textOf(mount({ recordId: undefined }))).toContain('once the page shows a record');
  });

  it('is accessible with items', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    await expect(element).toBeAccessible();
  });

  it('is accessible while it loads', async () => {
    await expect(mount()).toBeAccessible();
  });
});
