import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import getAffinities from '@salesforce/apex/AffinitiesController.getAffinities';
import Affinities from 'c/affinities';
import { rememberChoice } from 'c/viewerChoice';
import { find, findAll, textOf } from 'test/shadow';
import AFFINITIES from './data/affinities.json';
import NO_EVENTS from './data/noEvents.json';

jest.mock(
  '@salesforce/apex/AffinitiesController.getAffinities',
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
const UNKNOWN_PERSON = { ...NO_EVENTS, reason: { code: 'UNKNOWN_PERSON', parameters: {} } };

function mount(properties = {}) {
  const element = createElement('c-affinities', { is: Affinities });
  Object.assign(element, { ...ON_THE_PAGE, ...properties });
  document.body.appendChild(element);
  return element;
}

const answer = (element, given = AFFINITIES) => {
  getAffinities.emit(given);
  return Promise.resolve(element);
};
const answered = (given, properties) => answer(mount(properties), given);
const fail = (element, code = 'SERVICE_UNREACHABLE') => {
  getAffinities.error({ message: JSON.stringify({ code, message: 'Down', correlationId: 'c-7' }) });
  return Promise.resolve(element);
};

async function choose(element, choice, value) {
  const chooser = find(element, `[data-choice="${choice}"]`);
  chooser.dispatchEvent(new CustomEvent('choose', { detail: value }));
  await Promise.resolve();
}

const stateOf = (element) => find(element, '[data-state]').dataset.state;
const choosersOf = (element) => findAll(element, 'c-choice-select').map(({ value }) => value);
const typesOf = (element) => findAll(element, 'c-affinity-type').map(({ type }) => type?.type);
const frameOf = (element) => find(element, 'c-personalization-card');

describe('c-affinities', () => {
  afterEach(() => {
    document.body.replaceChildren();
    localStorage.clear();
    jest.clearAllMocks();
  });

  it('says how many people of an account it sums up', async () => {
    const ofPeople = { asked: 5, known: 2, leftOut: 0 };
    const element = await answered({ ...AFFINITIES, ofPeople });
    expect(find(element, 'c-group-note').people).toEqual(ofPeople);
    expect(frameOf(element).diagnosed).toBeUndefined();
    expect(find(await answered(AFFINITIES), 'c-group-note')).toBeFalsy();
  });

  describe('asks', () => {
    it('for views of the last 30 days, four of each type, unless told otherwise', async () => {
      mount();
      await Promise.resolve();
      expect(getAffinities.getLastConfig()).toEqual({
        recordId: '003000000000001AAA',
        userIdentifier: 'Email',
        identityType: 'emailAddress',
        dataset: 'retail',
        showBy: 'views',
        dateRange: 'last30Days',
        hiddenTypes: [],
        maxPerType: 4,
        consentField: null
      });
    });

    it('for the consent that the administrator wants to see on record', async () => {
      const reason = { code: 'NO_CONSENT', parameters: { field: 'Email Opt Out' } };
      const element = await answered(
        { state: 'empty', reason },
        { consentField: '!HasOptedOutOfEmail' }
      );
      expect(getAffinities.getLastConfig().consentField).toBe('!HasOptedOutOfEmail');
      expect(textOf(element)).toContain('No consent on record (Email Opt Out).');
      expect(find(element, 'c-choice-select')).toBeNull();
    });

    it('what the administrator has set', async () => {
      mount({
        showBy: 'View Time',
        dateRange: 'All Time',
        hiddenCatalogObjects: 'Style, ItemClass',
        maxPerType: 6
      });
      await Promise.resolve();
      expect(getAffinities.getLastConfig()).toMatchObject({
        showBy: 'viewTime',
        dateRange: 'allTime',
        hiddenTypes: ['Style', 'ItemClass'],
        maxPerType: 6
      });
    });

    it('null for what may be left blank, because undefined would never be sent', async () => {
      mount({ showBy: '', dateRange: undefined, maxPerType: undefined });
      await Promise.resolve();
      expect(getAffinities.getLastConfig()).toMatchObject({
        showBy: 'views',
        dateRange: 'last30Days',
        maxPerType: null
      });
    });

    it('the dataset alone when its name carries the first type, as in the official package', async () => {
      const element = await answered(AFFINITIES, {
        personalizationDataset: 'retail (ItemClass)'
      });
      expect(getAffinities.getLastConfig().dataset).toBe('retail');
      expect(typesOf(element)).toEqual(['ItemClass', 'Category']);
    });
  });

  it('has a title of its own until the administrator gives it one', () => {
    expect(find(mount(), '.title').textContent).toBe('Affinities');
    expect(find(mount({ title: 'Likes' }), '.title').textContent).toBe('Likes');
  });

  it('keeps its place with grey shapes and its choosers while it loads', async () => {
    const element = mount();
    expect(stateOf(element)).toBe('loading');
    expect(typesOf(element)).toEqual([undefined, undefined]);
    expect(find(element, '.summary_grey')).not.toBeNull();
    expect(choosersOf(element)).toEqual(['views', 'last30Days']);
    await expect(element).toBeAccessible();
  });

  it('draws each type and the summary', async () => {
    const element = await answered(AFFINITIES);
    expect(stateOf(element)).toBe('content');
    expect(typesOf(element)).toEqual(['Category', 'ItemClass']);
    expect(textOf(element)).toContain('Leans to Teapots: 40% of all views by Category.');
    await expect(element).toBeAccessible();
  });

  it('draws the type first that the administrator prefers', async () => {
    const element = await answered(AFFINITIES, { catalogObjectType: 'ItemClass' });
    expect(typesOf(element)).toEqual(['ItemClass', 'Category']);
  });

  describe('the reader chooses', () => {
    it('another measure and another period', async () => {
      const element = await answered(AFFINITIES);
      await choose(element, 'showBy', 'purchases');
      await choose(element, 'dateRange', 'last7Days');
      expect(getAffinities.getLastConfig()).toMatchObject({
        showBy: 'purchases',
        dateRange: 'last7Days'
      });
      expect(choosersOf(element)).toEqual(['purchases', 'last7Days']);
    });

    it('and the choice is remembered for the next visit, before the administrator’s', async () => {
      await choose(await answered(AFFINITIES), 'showBy', 'purchases');
      const next = mount({ showBy: 'View Time', dateRange: 'Last 90 Days' });
      expect(choosersOf(next)).toEqual(['purchases', 'last90Days']);
    });

    it('and a choice of another version is forgotten', async () => {
      await choose(await answered(AFFINITIES), 'showBy', 'mood');
      expect(choosersOf(mount())).toEqual(['views', 'last30Days']);
    });

    it('and sees the old answer, faded and in its own unit, until the new one is there', async () => {
      const element = await answered(AFFINITIES);
      await choose(element, 'showBy', 'viewTime');
      expect(find(element, '.types_old')).not.toBeNull();
      expect(find(element, '.total').textContent).toBe('140 views');
      expect(frameOf(element).isRefreshing).toBe(true);
      await answer(element, { ...AFFINITIES, types: AFFINITIES.types.slice(1) });
      expect(find(element, '.types_old')).toBeNull();
      expect(find(element, '.total').textContent).toBe('1 sec');
      expect(frameOf(element).isRefreshing).toBe(false);
    });

    it('and is never shown the answer to another choice as that of this one', async () => {
      const element = await answered(AFFINITIES);
      await choose(element, 'showBy', 'purchases');
      await fail(element);
      expect(stateOf(element)).toBe('fault');
      expect(choosersOf(element)).toEqual(['purchases', 'last30Days']);
      await choose(element, 'showBy', 'views');
      expect(stateOf(element)).toBe('content');
      await expect(element).toBeAccessible();
    });

    it('and gets out of an empty period again', async () => {
      const element = await answered(NO_EVENTS, { hideWhenEmpty: true, dateRange: 'Last 90 Days' });
      expect(find(element, 'lightning-card')).toBeNull();
      rememberChoice('affinities', { dateRange: 'last7Days' });
      const chosen = await answered(NO_EVENTS, { hideWhenEmpty: true });
      expect(textOf(chosen)).toContain('(Last 7 Days)');
      expect(choosersOf(chosen)).toEqual(['views', 'last7Days']);
    });
  });

  it('says which choice found nothing, and leaves the choosers', async () => {
    const element = await answered(NO_EVENTS, { showBy: 'Purchases' });
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toContain('No Purchases in this period (Last 30 Days)');
    expect(choosersOf(element)).toEqual(['purchases', 'last30Days']);
    expect(find(element, 'c-summary-line')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('says that the person is not known, without choosers that could not help', async () => {
    const element = await answered(UNKNOWN_PERSON);
    expect(textOf(element)).toMatch(/does not know this person yet/);
    expect(choosersOf(element)).toEqual([]);
    await expect(element).toBeAccessible();
  });

  it('says how old a saved answer is', async () => {
    const element = await answered({ ...AFFINITIES, stale: true });
    expect(find(element, '.stale').textContent).toMatch(/^Saved answer, as of/);
    expect(typesOf(element)).toHaveLength(2);
    await expect(element).toBeAccessible();
  });

  it('keeps the answer it has when a refresh fails, and says that it is old', async () => {
    const element = await answered(AFFINITIES);
    await fail(element);
    expect(stateOf(element)).toBe('content');
    expect(find(element, '.stale')).not.toBeNull();
    await answer(element);
    expect(find(element, '.stale')).toBeNull();
  });

  it('offers a second try after an error', async () => {
    const element = await fail(mount());
    expect(stateOf(element)).toBe('fault');
    expect(find(element, 'c-summary-line')).toBeNull();
    find(find(element, 'c-fault-panel'), 'lightning-button').click();
    expect(refreshApex.mock.calls[0][0].error).toBeDefined();
    await expect(element).toBeAccessible();
  });

  it.each([
    ['answers', () => Promise.resolve()],
    ['fails', () => Promise.reject(new Error('down'))]
  ])('turns until the second question %s', async (_, outcome) => {
    const element = await answered(AFFINITIES);
    refreshApex.mockImplementationOnce(outcome);
    frameOf(element).dispatchEvent(new CustomEvent('refresh'));
    await Promise.resolve();
    expect(frameOf(element).isRefreshing).toBe(true);
    await new Promise(process.nextTick);
    expect(frameOf(element).isRefreshing).toBe(false);
  });

  it('never shows the answer or the error of one record on another', async () => {
    const element = await answered(AFFINITIES);
    element.recordId = '003000000000002AAA';
    await Promise.resolve();
    expect(stateOf(element)).toBe('loading');
    await fail(element);
    element.recordId = '003000000000003AAA';
    await Promise.resolve();
    expect(stateOf(element)).toBe('loading');
  });

  it('hides when it is empty and told to, but never an error or an unfinished setup', async () => {
    const hideWhenEmpty = true;
    expect(find(await answered(UNKNOWN_PERSON, { hideWhenEmpty }), 'lightning-card')).toBeNull();
    expect(find(await fail(mount({ hideWhenEmpty })), 'lightning-card')).not.toBeNull();
    const unfinished = mount({ hideWhenEmpty, identityType: undefined });
    expect(textOf(unfinished)).toContain('chooses Identity Type in Lightning App Builder');
  });

  it('says that it needs a record', () => {
    expect(textOf(mount({ recordId: undefined }))).toContain('once the page shows a record');
  });
});
