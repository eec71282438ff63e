import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getNextBest from '@salesforce/apex/NextBestController.getNextBest';
import NextBestCard from 'c/nextBestCard';
import reportImpressions from '@salesforce/apex/OfferResponseController.reportImpressions';
import { find, findAll, textOf } from 'test/shadow';
import PROMOTIONS from './data/promotions.json';
import CONTROL_GROUP from './data/controlGroup.json';

jest.mock(
  '@salesforce/apex/NextBestController.getNextBest',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true }
);
jest.mock(
  '@salesforce/apex/OfferResponseController.reportImpressions',
  () => ({ default: jest.fn(() => Promise.resolve()) }),
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

/** What the list of offers says when the rep has declined one of them. */
async function decline(element, offer, status) {
  const list = find(element, 'c-offer-list');
  list.dispatchEvent(new CustomEvent('declined', { detail: { offer, status } }));
  await Promise.resolve();
}

/** A card for somebody of the control group, on screen for a minute. */
async function withheld(settings) {
  jest.useFakeTimers();
  const watched = [];
  let tell;
  global.IntersectionObserver = class {
    constructor(callback) {
      tell = callback;
    }
    observe(target) {
      watched.push(target);
    }
    unobserve() {}
    disconnect() {}
  };
  mount(settings);
  await answered(CONTROL_GROUP);
  tell?.(watched.map((target) => ({ target, isIntersecting: true })));
  await jest.advanceTimersByTimeAsync(60_000);
  jest.useRealTimers();
}

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
      maxItems: null,
      consentField: null
    });
  });

  it('lets Apex look for the consent that the administrator wants to see', async () => {
    const element = mount({ consentField: '!HasOptedOutOfEmail' });
    await Promise.resolve();
    expect(getNextBest.getLastConfig().consentField).toBe('!HasOptedOutOfEmail');
    getNextBest.emit({
      state: 'empty',
      reason: { code: 'NO_CONSENT', parameters: { field: 'Email Opt Out' } }
    });
    await Promise.resolve();
    expect(find(element, 'c-personalization-card').answer.reason.code).toBe('NO_CONSENT');
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

  it('takes a declined offer away at once, and asks what else there is', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    await decline(element, PROMOTIONS.items[0], 'Sent');
    expect(tilesIn(element)).toEqual([PROMOTIONS.items[1].name]);
    expect(refreshApex).toHaveBeenCalledTimes(1);
    await answered(PROMOTIONS); // an answer that does not know of it yet
    expect(tilesIn(element)).toEqual([PROMOTIONS.items[1].name]);
  });

  it('asks nothing while the service cannot know of it', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    await decline(element, PROMOTIONS.items[0], 'Pending');
    expect(tilesIn(element)).toEqual([PROMOTIONS.items[1].name]);
    expect(refreshApex).not.toHaveBeenCalled();
  });

  it('says that everything was declined, and leaves the focus in the card', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    await decline(element, PROMOTIONS.items[0], 'Sent');
    const focus = jest.spyOn(frameOf(element), 'focus');
    await decline(element, PROMOTIONS.items[1], 'Sent');
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toContain('declined everything');
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it('shows to another person what this one declined', async () => {
    const element = mount();
    await answered(PROMOTIONS);
    await decline(element, PROMOTIONS.items[0], 'Sent');
    element.recordId = '003000000000002AAA';
    await answered(PROMOTIONS);
    expect(tilesIn(element)).toHaveLength(2);
  });

  it('reports to the service in one look at the record', async () => {
    const element = mount({ responseSettings: { contentZone: 'crm_offers' } });
    const other = mount({ kind: 'recommendation' });
    await answered(PROMOTIONS);
    const [look, otherLook] = [element, other].map((card) => find(card, 'c-offer-list').look);
    expect(look).toEqual({
      recordId: '003000000000001AAA',
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      viewId: expect.stringMatching(/^003000000000001AAA-[0-9a-f]{32}$/),
      contentZone: 'crm_offers'
    });
    expect(otherLook.viewId).toBe(look.viewId);
    element.remove();
    other.remove();
    const later = mount();
    await answered(PROMOTIONS);
    expect(find(later, 'c-offer-list').look.viewId).not.toBe(look.viewId);
  });

  it('reports the campaign that shows nothing to its control group, once', async () => {
    await withheld({});
    expect(reportImpressions).toHaveBeenCalledTimes(1);
    expect(reportImpressions.mock.calls[0][0].offers).toEqual([
      {
        campaignId: 'c-100',
        campaignName: 'CRM promotions',
        experienceId: 'e-100',
        userGroup: 'Control'
      }
    ]);
  });

  it('reports no control group where impressions are withheld', async () => {
    await withheld({ responseSettings: { withholdImpressions: true } });
    expect(reportImpressions).not.toHaveBeenCalled();
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
