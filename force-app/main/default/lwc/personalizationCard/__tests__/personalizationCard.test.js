import { createElement } from 'lwc';
import PersonalizationCard from 'c/personalizationCard';
import { find } from 'test/shadow';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const OK = { state: 'ok', asOf: '2026-11-21T12:00:00Z', stale: false, reason: null };
const OLD = { ...OK, asOf: '2026-11-21T11:48:00Z', stale: true };
const FAULT = { code: 'UPSTREAM_UNAVAILABLE', message: 'Down', correlationId: 'c-7' };
const emptyBecause = (code, parameters = {}) => ({
  ...OK,
  state: 'empty',
  reason: { code, message: 'In English.', parameters }
});
const CONTROL = emptyBecause('CONTROL_GROUP', { campaignName: 'Spring' });

const STATES = {
  loading: {},
  content: { answer: OK },
  empty: { answer: emptyBecause('UNKNOWN_PERSON') },
  controlGroup: { answer: CONTROL },
  fault: { fault: FAULT }
};

function mount(properties = {}) {
  const element = createElement('c-personalization-card', { is: PersonalizationCard });
  Object.assign(element, { cardTitle: 'Offers', iconName: 'standard:promotions', ...properties });
  document.body.appendChild(element);
  return element;
}

const bodyOf = (element) => find(element, '[data-state]');
const spokenBy = (element) => find(element, '[role="status"]').textContent;
const reasonIn = (element) => find(element, '.empty__sentence').textContent;
const headerButtonOf = (element) => find(element, 'lightning-button-icon');

describe('c-personalization-card', () => {
  beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW));

  afterEach(() => {
    document.body.replaceChildren();
    jest.restoreAllMocks();
  });

  it.each(Object.entries(STATES))('draws the state %s and only that', (state, properties) => {
    const element = mount(properties);
    const drawn = {
      slot: bodyOf(element).querySelector('slot:not([name])') !== null,
      controls: bodyOf(element).querySelector('slot[name="controls"]') !== null,
      sentence: find(element, '.empty') !== null,
      fault: find(element, 'c-fault-panel') !== null
    };
    expect(bodyOf(element).dataset.state).toBe(state);
    expect(drawn).toEqual({
      slot: ['loading', 'content'].includes(state),
      controls: true,
      sentence: ['empty', 'controlGroup'].includes(state),
      fault: state === 'fault'
    });
  });

  it('offers a rep no diagnosis', () => {
    const diagnosed = { component: 'nextBest' };
    const element = mount({ answer: emptyBecause('UNKNOWN_PERSON'), diagnosed });
    expect(find(element, '.diagnose')).toBeNull();
    expect(find(element, '.why')).toBeNull();
  });

  it('bears the title it was given', () => {
    expect(find(mount(), '[slot="title"]').textContent).toBe('Offers');
  });

  it.each(Object.entries(STATES))('is accessible in the state %s', async (_, properties) => {
    await expect(mount(properties)).toBeAccessible();
  });

  it('is accessible with a saved answer', async () => {
    await expect(mount({ answer: OLD })).toBeAccessible();
  });

  it('keeps the grey shape from screen readers and says that it loads', () => {
    const element = mount();
    expect(bodyOf(element).querySelector('[aria-hidden="true"] slot')).not.toBeNull();
    expect(bodyOf(element).getAttribute('aria-busy')).toBe('true');
    expect(spokenBy(element)).toBe('Loading Offers');
  });

  it('lets screen readers at the content', () => {
    const element = mount({ answer: OK });
    expect(bodyOf(element).querySelector('[aria-hidden="true"] slot')).toBeNull();
    expect(bodyOf(element).getAttribute('aria-busy')).toBe('false');
    expect(spokenBy(element)).toBe('');
  });

  it('says why there is nothing to show', () => {
    const element = mount({ answer: emptyBecause('NO_IDENTIFIER', { field: 'Email' }) });
    expect(reasonIn(element)).toMatch(/^Email is blank on this record/);
  });

  it('says the sentence of the service for a reason it does not know', () => {
    expect(reasonIn(mount({ answer: emptyBecause('BRAND_NEW') }))).toBe('In English.');
  });

  it('shows markup in a reason as text', () => {
    const field = '<img src=x onerror=alert(1)>';
    const element = mount({ answer: emptyBecause('NO_IDENTIFIER', { field }) });
    expect(find(element, 'img')).toBeNull();
    expect(reasonIn(element)).toContain(field);
  });

  it('says honestly that the person is held out', () => {
    const element = mount({ answer: CONTROL });
    expect(find(element, '.empty__title').textContent).toBe('Control group');
    expect(reasonIn(element)).toContain('control group of “Spring”');
  });

  it('says how old a saved answer is, above it', () => {
    const element = mount({ answer: OLD });
    expect(bodyOf(element).dataset.state).toBe('content');
    expect(find(element, '.stale').textContent).toBe('Saved answer, as of 12 min ago');
  });

  it('keeps the answer it has when the next question fails', () => {
    const element = mount({ answer: { ...OLD, stale: false }, fault: FAULT });
    expect(find(element, 'c-fault-panel')).toBeNull();
    expect(find(element, '.stale').textContent).toContain('as of 12 min ago');
  });

  it.each(['empty', 'controlGroup'])('disappears in the state %s when asked to', (state) => {
    const element = mount({ ...STATES[state], hideWhenEmpty: true });
    expect(element.shadowRoot.childElementCount).toBe(0);
  });

  it.each(['loading', 'content', 'fault'])('never disappears in the state %s', (state) => {
    const element = mount({ ...STATES[state], hideWhenEmpty: true });
    expect(find(element, 'lightning-card')).not.toBeNull();
  });

  it.each([
    ['the header', { answer: OK }, 'lightning-button-icon'],
    ['a saved answer', { answer: OLD }, '.stale lightning-button'],
    ['an error', { fault: FAULT }, 'c-fault-panel lightning-button']
  ])('asks again from the button of %s', (_, properties, selector) => {
    const element = mount(properties);
    const handler = jest.fn();
    element.addEventListener('refresh', handler);
    pressIn(element, selector);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(handler.mock.calls[0][0]).toMatchObject({ bubbles: false, composed: false });
  });

  it('does not ask twice at once', () => {
    const element = mount({ answer: OK, isRefreshing: true });
    const handler = jest.fn();
    element.addEventListener('refresh', handler);
    headerButtonOf(element).click();
    expect(handler).not.toHaveBeenCalled();
  });

  it('says how a refresh ended', async () => {
    const element = mount({ fault: FAULT });
    headerButtonOf(element).click();
    await refreshed(element, { fault: FAULT });
    expect(spokenBy(element)).toMatch(/not answering right now/);
    headerButtonOf(element).click();
    await refreshed(element, { answer: OK, fault: undefined });
    expect(spokenBy(element)).toBe('Offers is up to date');
  });

  it('moves a lost focus to the refresh button of the header', async () => {
    const element = mount({ fault: FAULT });
    pressIn(element, 'c-fault-panel lightning-button');
    const focus = jest.spyOn(headerButtonOf(element), 'focus');
    await refreshed(element, { answer: OK, fault: undefined });
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it('leaves the focus where the reader has moved it', async () => {
    const element = mount({ fault: FAULT });
    const elsewhere = document.body.appendChild(document.createElement('button'));
    pressIn(element, 'c-fault-panel lightning-button');
    elsewhere.focus();
    const focus = jest.spyOn(headerButtonOf(element), 'focus');
    await refreshed(element, { answer: OK, fault: undefined });
    expect(focus).not.toHaveBeenCalled();
  });
});

function pressIn(element, selector) {
  const path = selector.split(' ');
  path.reduce((root, step) => find(root, step), element).click();
}

async function refreshed(element, properties) {
  element.isRefreshing = true;
  await Promise.resolve();
  Object.assign(element, properties, { isRefreshing: false });
  await Promise.resolve();
}
