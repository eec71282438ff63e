import { createElement } from 'lwc';
import getEvents from '@salesforce/apex/EventStreamController.getEvents';
import EventStream from 'c/eventStream';
import { find, findAll, textOf } from 'test/shadow';
import EVENTS from './data/events.json';

jest.mock('@salesforce/apex/EventStreamController.getEvents', () => ({ default: jest.fn() }), {
  virtual: true
});

const ON_THE_PAGE = {
  recordId: '003000000000001AAA',
  userIdentifier: 'Email',
  identityType: 'emailAddress',
  personalizationDataset: 'retail',
  eventCount: 2
};
const PAUSE = 4_000; // milliseconds between two questions at the usual five seconds
const emptyBecause = (code) => ({
  ...EVENTS,
  state: 'empty',
  reason: { code, message: 'In English.', parameters: { field: 'Email' } },
  summary: null,
  person: null,
  events: [],
  latest: null,
  oldest: null
});
const NOTHING_NEWER = { ...EVENTS, events: [], latest: 'L1', oldest: null };
const fault = (code = 'SERVICE_UNREACHABLE') => ({
  body: { message: JSON.stringify({ code, message: 'Down', correlationId: 'c-7' }) }
});

/** An event of that id, at that minute of the hour. */
const event = (id, minute, kind = 'page') => ({
  ...EVENTS.events[1],
  id,
  kind,
  occurredAt: `2026-11-21T19:${String(minute).padStart(2, '0')}:00.000Z`
});

let isHidden = false;

function turnTab(hidden) {
  isHidden = hidden;
  document.dispatchEvent(new CustomEvent('visibilitychange'));
}

function mount(properties = {}) {
  const element = createElement('c-event-stream', { is: EventStream });
  Object.assign(element, { ...ON_THE_PAGE, ...properties });
  document.body.appendChild(element);
  return element;
}

const pass = (milliseconds = 0) => jest.advanceTimersByTimeAsync(milliseconds);

async function answered(answer = EVENTS, properties = {}) {
  getEvents.mockResolvedValueOnce(answer);
  const element = mount(properties);
  await pass();
  return element;
}

async function failed(code, properties) {
  getEvents.mockRejectedValueOnce(fault(code));
  const element = mount(properties);
  await pass();
  return element;
}

const lastQuestion = () => getEvents.mock.calls.at(-1)[0];
const stateOf = (element) => find(element, '[data-state]').dataset.state;
const idsOf = (element) => findAll(element, 'c-event-row').map((row) => row.event.id);
const listOf = (element) => find(element, 'c-event-list');
const frameOf = (element) => find(element, 'c-personalization-card');

async function press(element, kind) {
  find(element, `[data-kind="${kind}"]`).click();
  await pass();
}

async function older(element) {
  listOf(element).dispatchEvent(new CustomEvent('older'));
  await pass();
}

describe('c-event-stream', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2026-11-21T20:00:00Z') });
    isHidden = false;
    jest.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
    getEvents.mockReset();
    getEvents.mockResolvedValue(NOTHING_NEWER);
  });

  afterEach(() => {
    document.body.replaceChildren();
    localStorage.clear();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('asks for the newest events, hiding what the administrator hides', async () => {
    await answered(EVENTS, { eventCount: 30, hiddenEventTypes: 'Page, View Cart' });
    expect(getEvents).toHaveBeenCalledTimes(1);
    expect(lastQuestion()).toEqual({
      recordId: '003000000000001AAA',
      userIdentifier: 'Email',
      identityType: 'emailAddress',
      dataset: 'retail',
      eventLimit: 30,
      hiddenTypes: ['page', 'view cart'],
      afterCursor: null,
      beforeCursor: null,
      consentField: null
    });
  });

  it('asks for the consent that the administrator wants to see, and no more without it', async () => {
    await answered(emptyBecause('NO_CONSENT'), { consentField: 'May_Ask__c' });
    await pass(60_000);
    expect(getEvents).toHaveBeenCalledTimes(1);
    expect(lastQuestion().consentField).toBe('May_Ask__c');
  });

  it.each([
    [undefined, 20],
    [0, 1],
    [999, 200]
  ])('asks within what the service allows: %p as %d', async (eventCount, eventLimit) => {
    await answered(EVENTS, { eventCount });
    expect(lastQuestion().eventLimit).toBe(eventLimit);
  });

  it.each([
    [3, 3],
    [20, 7]
  ])('keeps its place with grey shapes while %d events load: %d', async (eventCount, count) => {
    getEvents.mockReturnValue(new Promise(() => {}));
    const element = mount({ eventCount });
    expect(stateOf(element)).toBe('loading');
    expect(findAll(element, '.grey_sign')).toHaveLength(count);
    jest.useRealTimers();
    await expect(element).toBeAccessible();
  });

  it('draws the events newest first, the summary and what is known of the person', async () => {
    const element = await answered();
    expect(stateOf(element)).toBe('content');
    expect(idsOf(element)).toEqual(['12', '11']);
    expect(textOf(element)).toContain('Looked at 3 items, mostly Teapots, in the last 20 minutes;');
    expect(find(element, 'c-person-lines').person.visits).toBe(34);
    jest.useRealTimers();
    await expect(element).toBeAccessible();
  });

  it('does without the lines about the person when they could not be looked up', async () => {
    const element = await answered({ ...EVENTS, person: null, summary: null });
    expect(findAll(element, 'c-person-lines, c-summary-line')).toEqual([]);
    expect(idsOf(element)).toHaveLength(2);
  });

  it('has a title of its own until the administrator gives it one', () => {
    expect(find(mount(), '.title').textContent).toBe('Event Stream');
    expect(find(mount({ title: 'Live' }), '.title').textContent).toBe('Live');
  });

  describe('follows', () => {
    it('new events within five seconds, without drawing the old ones again', async () => {
      const element = await answered();
      const rows = findAll(element, 'c-event-row');
      getEvents.mockResolvedValueOnce({
        ...EVENTS,
        events: [event('13', 59)],
        latest: 'L2',
        summary: { code: 'ACTIVE_NOW', parameters: { minutes: '0' } }
      });
      await pass(PAUSE);
      expect(lastQuestion()).toMatchObject({ afterCursor: 'L1', beforeCursor: null });
      expect(idsOf(element)).toEqual(['13', '12', '11']);
      expect(findAll(element, 'c-event-row').slice(1)).toEqual(rows);
      expect(textOf(element)).toContain('Active just now.');
      await pass(PAUSE);
      expect(lastQuestion().afterCursor).toBe('L2');
    });

    it('nothing while the tab is hidden, and catches up at once when it is shown', async () => {
      const element = await answered();
      turnTab(true);
      await pass(10 * 60_000);
      expect(getEvents).toHaveBeenCalledTimes(1);
      getEvents.mockResolvedValueOnce({ ...EVENTS, events: [event('13', 59)], latest: 'L2' });
      turnTab(false);
      await pass();
      expect(lastQuestion().afterCursor).toBe('L1');
      expect(idsOf(element)).toEqual(['13', '12', '11']);
    });

    it('nothing when the administrator has switched it off', async () => {
      await answered(EVENTS, { refreshSeconds: 0 });
      await pass(60_000);
      expect(getEvents).toHaveBeenCalledTimes(1);
    });

    it('nothing after it has left the page', async () => {
      const element = await answered();
      element.remove();
      await pass(60_000);
      expect(getEvents).toHaveBeenCalledTimes(1);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('nothing while it is not displayed', async () => {
      const element = await answered();
      element.checkVisibility = () => false;
      await pass(60_000);
      expect(getEvents).toHaveBeenCalledTimes(1);
    });

    it('a person who was unknown, until the first event appears', async () => {
      const element = await answered(emptyBecause('UNKNOWN_PERSON'));
      expect(stateOf(element)).toBe('empty');
      getEvents.mockResolvedValueOnce(EVENTS);
      await pass(PAUSE);
      expect(stateOf(element)).toBe('content');
      expect(idsOf(element)).toEqual(['12', '11']);
    });

    it('nobody when the record has no identifier', async () => {
      await answered(emptyBecause('NO_IDENTIFIER'));
      await pass(60_000);
      expect(getEvents).toHaveBeenCalledTimes(1);
    });

    it('a person who is forgotten while somebody looks', async () => {
      const element = await answered();
      getEvents.mockResolvedValue(emptyBecause('UNKNOWN_PERSON'));
      await pass(PAUSE);
      expect(stateOf(element)).toBe('empty');
      expect(idsOf(element)).toEqual([]);
    });

    it('the clock: what happened moves into the past by itself', async () => {
      const element = await answered();
      expect(findAll(element, 'time')[0].textContent).toBe('3 min. ago');
      await pass(2 * 60_000);
      expect(findAll(element, 'time')[0].textContent).toBe('5 min. ago');
    });
  });

  describe('when a question fails', () => {
    it('offers a second try if there is nothing to show', async () => {
      const element = await failed('UPSTREAM_UNAVAILABLE', { refreshSeconds: 0 });
      expect(stateOf(element)).toBe('fault');
      getEvents.mockResolvedValueOnce(EVENTS);
      find(find(element, 'c-fault-panel'), 'lightning-button').click();
      await pass();
      expect(stateOf(element)).toBe('content');
      expect(idsOf(element)).toHaveLength(2);
    });

    it('says nothing of one failure and keeps the events', async () => {
      const element = await answered();
      getEvents.mockRejectedValueOnce(fault());
      await pass(PAUSE);
      expect(find(element, '.stale')).toBeNull();
      expect(idsOf(element)).toHaveLength(2);
    });

    it('says how old the events are after the second failure in a row, and recovers', async () => {
      const element = await answered();
      getEvents.mockRejectedValue(fault());
      await pass(60_000);
      expect(find(element, '.stale').textContent).toMatch(/^Saved answer, as of/);
      expect(idsOf(element)).toHaveLength(2);
      getEvents.mockResolvedValue(NOTHING_NEWER);
      await pass(60_000);
      expect(find(element, '.stale')).toBeNull();
    });

    it('tells at once when the reader has asked', async () => {
      const element = await answered();
      getEvents.mockRejectedValueOnce(fault());
      frameOf(element).dispatchEvent(new CustomEvent('refresh'));
      await Promise.resolve();
      expect(frameOf(element).isRefreshing).toBe(true);
      await pass();
      expect(frameOf(element).isRefreshing).toBe(false);
      expect(find(element, '.stale')).not.toBeNull();
    });

    it('stays accessible', async () => {
      const element = await failed('NOT_CONNECTED');
      jest.useRealTimers();
      await expect(element).toBeAccessible();
    });
  });

  describe('goes back', () => {
    it('page by page until there is nothing older', async () => {
      const element = await answered();
      expect(listOf(element).hasOlder).toBe(true);
      getEvents.mockResolvedValueOnce({ ...EVENTS, events: [event('10', 30)], oldest: 'O2' });
      await older(element);
      expect(lastQuestion()).toMatchObject({ afterCursor: null, beforeCursor: 'O1' });
      expect(idsOf(element)).toEqual(['12', '11', '10']);
      expect(listOf(element).hasOlder).toBe(false);
    });

    it('and says so while it waits, and when it failed', async () => {
      const element = await answered();
      getEvents.mockRejectedValueOnce(fault());
      listOf(element).dispatchEvent(new CustomEvent('older'));
      await Promise.resolve();
      expect(listOf(element).isLoadingOlder).toBe(true);
      await pass();
      expect(listOf(element).isLoadingOlder).toBe(false);
      expect(listOf(element).olderFault.code).toBe('SERVICE_UNREACHABLE');
      getEvents.mockResolvedValueOnce({ ...EVENTS, events: [event('10', 30)], oldest: 'O2' });
      await older(element);
      expect(listOf(element).olderFault).toBeUndefined();
      expect(idsOf(element)).toHaveLength(3);
    });
  });

  describe('shows only', () => {
    it('the kinds that the reader picks: at once, and as the service answers', async () => {
      const element = await answered();
      getEvents.mockResolvedValueOnce({ ...EVENTS, events: [event('12', 57, 'cart')] });
      find(element, '[data-kind="cart"]').click();
      await Promise.resolve();
      expect(idsOf(element)).toEqual(['12']);
      await pass();
      expect(lastQuestion()).toMatchObject({
        hiddenTypes: ['page', 'catalog', 'order', 'campaign', 'action'],
        afterCursor: null
      });
      expect(idsOf(element)).toEqual(['12']);
    });

    it('what the reader picked the last time, too', async () => {
      await press(await answered(), 'cart');
      await answered();
      expect(lastQuestion().hiddenTypes).not.toContain('cart');
      expect(lastQuestion().hiddenTypes).toContain('page');
    });

    it('everything again when nothing is picked', async () => {
      const element = await answered();
      await press(element, 'cart');
      await press(element, 'cart');
      expect(lastQuestion().hiddenTypes).toEqual([]);
    });

    it('a sentence and the way back when nothing is of these kinds', async () => {
      const element = await answered(EVENTS, { hideWhenEmpty: true });
      getEvents.mockResolvedValueOnce(emptyBecause('NO_EVENTS'));
      await press(element, 'order');
      expect(textOf(element)).toContain('No events of these kinds.');
      expect(find(element, '[data-kind="order"]').getAttribute('aria-pressed')).toBe('true');
      jest.useRealTimers();
      await expect(element).toBeAccessible();
    });

    it('and drops the answer to what was picked before', async () => {
      const element = await answered();
      let lateAnswer;
      getEvents.mockReturnValueOnce(new Promise((resolve) => (lateAnswer = resolve)));
      await press(element, 'cart');
      getEvents.mockResolvedValueOnce({ ...EVENTS, events: [event('9', 20, 'order')] });
      await press(element, 'cart');
      lateAnswer({ ...EVENTS, events: [event('late', 10, 'cart')] });
      await pass();
      expect(idsOf(element)).toEqual(['9']);
      expect(frameOf(element).isRefreshing).toBe(false);
    });
  });

  it.each([
    ['NO_EVENTS', /^.*Nothing has been seen of this person yet/, true],
    ['UNKNOWN_PERSON', /does not know this person yet/, false],
    ['NO_IDENTIFIER', /Email is blank on this record/, false],
    ['NO_CONSENT', /^.*No consent on record \(Email\)\./, false]
  ])('says why it is empty: %s', async (code, sentence, hasFilter) => {
    const element = await answered(emptyBecause(code));
    expect(stateOf(element)).toBe('empty');
    expect(textOf(element)).toMatch(sentence);
    expect(find(element, 'c-event-filter') !== null).toBe(hasFilter);
    jest.useRealTimers();
    await expect(element).toBeAccessible();
  });

  it('never shows the events of one record on another', async () => {
    const element = await answered();
    let lateAnswer;
    getEvents.mockReturnValueOnce(new Promise((resolve) => (lateAnswer = resolve)));
    element.recordId = '003000000000002AAA';
    await pass();
    expect(stateOf(element)).toBe('loading');
    expect(lastQuestion()).toMatchObject({ recordId: '003000000000002AAA', afterCursor: null });
    lateAnswer({ ...EVENTS, events: [event('20', 58)] });
    await pass();
    expect(idsOf(element)).toEqual(['20']);
  });

  it('hides when it is empty and told to, and appears with the first event', async () => {
    const element = await answered(emptyBecause('UNKNOWN_PERSON'), { hideWhenEmpty: true });
    expect(find(element, 'lightning-card')).toBeNull();
    getEvents.mockResolvedValueOnce(EVENTS);
    await pass(PAUSE);
    expect(idsOf(element)).toHaveLength(2);
  });

  it('says what is missing in the setup, and asks nothing', async () => {
    const element = mount({ userIdentifier: undefined, hideWhenEmpty: true });
    await pass(60_000);
    expect(textOf(element)).toContain('chooses User Identifier in Lightning App Builder');
    expect(getEvents).not.toHaveBeenCalled();
  });

  it('says that it needs a record', () => {
    expect(textOf(mount({ recordId: undefined }))).toContain('once the page shows a record');
  });
});
