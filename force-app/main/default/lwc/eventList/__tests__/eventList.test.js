import { createElement } from 'lwc';
import EventList from 'c/eventList';
import { find, findAll } from 'test/shadow';

const NOW = Date.parse('2026-11-21T20:00:00Z');
const ROW = 50; // pixels; jsdom lays nothing out, so the tests say how tall a row is

/** Events at these hours of the day, named by them. */
const at = (...hours) =>
  hours.map((hour) => ({
    id: `at ${hour}`,
    occurredAt: `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`,
    name: `Event at ${hour}`,
    kind: 'page'
  }));

/** The same, come while the reader was looking. */
const come = (...hours) => at(...hours).map((event) => ({ ...event, isNew: true }));

const boxOf = (element) => find(element, '.box');
const rowsOf = (element) => findAll(element, 'li');

function mount(properties = {}) {
  const element = createElement('c-event-list', { is: EventList });
  Object.assign(element, { events: at(18, 17, 16), now: NOW, ...properties });
  document.body.appendChild(element);
  layOut(element);
  return element;
}

/** A box 100 pixels high over rows of `ROW` pixels each. */
function layOut(element) {
  const box = boxOf(element);
  box.getBoundingClientRect = () => ({ top: 0, bottom: 100 });
  Object.defineProperty(box, 'clientHeight', { value: 100 });
  Object.defineProperty(box, 'scrollHeight', { get: () => rowsOf(element).length * ROW });
  jest.spyOn(HTMLLIElement.prototype, 'getBoundingClientRect').mockImplementation(function place() {
    const top = rowsOf(element).indexOf(this) * ROW - box.scrollTop;
    return { top, bottom: top + ROW };
  });
}

const pillOf = (element) => find(element, '.unseen');
const newRowsOf = (element) => findAll(element, 'c-event-row').filter(({ isNew }) => isNew);

function scroll(element, scrollTop) {
  boxOf(element).scrollTop = scrollTop;
  boxOf(element).dispatchEvent(new CustomEvent('scroll'));
  return Promise.resolve();
}

async function show(element, events) {
  element.events = events;
  await Promise.resolve();
}

function listened(element, name) {
  const handler = jest.fn();
  element.addEventListener(name, handler);
  return handler;
}

describe('c-event-list', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.restoreAllMocks();
  });

  it('stands by day, newest first', () => {
    const yesterday = { ...at(5)[0], id: 'old', occurredAt: '2026-11-21T07:00:00.000Z' };
    const element = mount({ events: [...at(18, 17), yesterday] });
    const days = findAll(element, '.day').map(({ textContent }) => textContent);
    expect(days).toEqual(['today', 'yesterday']);
    expect(rowsOf(element).map(({ dataset }) => dataset.event)).toEqual(['at 18', 'at 17', 'old']);
  });

  it('shows new events at once to a reader at the top, and lights them up', async () => {
    const element = mount();
    await show(element, [...come(20, 19), ...at(18, 17, 16)]);
    expect(newRowsOf(element).map(({ event }) => event.id)).toEqual(['at 20', 'at 19']);
    expect(pillOf(element)).toBeNull();
    expect(boxOf(element).scrollTop).toBe(0);
    expect(find(element, '[role="status"]').textContent).toBe('2 new events');
  });

  it('calls nothing new on the first page, nor on an older one', async () => {
    const element = mount();
    await show(element, at(18, 17, 16, 15));
    expect(newRowsOf(element)).toEqual([]);
    expect(find(element, '[role="status"]').textContent).toBe('');
  });

  it('keeps the place of a reader who has scrolled down, and counts what waits above', async () => {
    const element = mount();
    await scroll(element, 60);
    await show(element, [...come(20, 19), ...at(18, 17, 16)]);
    expect(boxOf(element).scrollTop).toBe(60 + 2 * ROW);
    expect(pillOf(element).textContent).toBe('2 new events');
    await show(element, [...come(21, 20, 19), ...at(18, 17, 16)]);
    expect(boxOf(element).scrollTop).toBe(60 + 3 * ROW);
    expect(pillOf(element).textContent).toBe('3 new events');
  });

  it('keeps the place of a reader when an event arrives late, wherever it belongs', async () => {
    const element = mount({ events: at(18, 16, 15, 13) });
    await scroll(element, 60); // 16 is at the upper edge
    await show(element, [...at(18), ...come(17), ...at(16, 15, 13)]);
    expect(boxOf(element).scrollTop).toBe(60 + ROW);
    expect(pillOf(element).textContent).toBe('1 new event');
    await show(element, [...at(18), ...come(17), ...at(16, 15), ...come(14), ...at(13)]);
    expect(boxOf(element).scrollTop).toBe(60 + ROW);
    expect(pillOf(element).textContent).toBe('1 new event');
    expect(newRowsOf(element).map(({ event }) => event.id)).toEqual(['at 14']);
  });

  it('calls nothing new that a filter lets through again', async () => {
    const element = mount({ events: at(16) });
    await show(element, at(18, 17, 16));
    expect(newRowsOf(element)).toEqual([]);
    await show(element, [...come(19), ...at(18, 17, 16)]);
    await show(element, at(16));
    await show(element, [...come(19), ...at(18, 17, 16)]);
    expect(newRowsOf(element)).toEqual([]);
    expect(find(element, '[role="status"]').textContent).toBe('1 new event');
  });

  it('keeps the place of a reader who has opened an event', async () => {
    const element = mount();
    find(element, 'c-event-row').dispatchEvent(
      new CustomEvent('toggle', { detail: { isOpen: true } })
    );
    await show(element, [...come(19), ...at(18, 17, 16)]);
    expect(boxOf(element).scrollTop).toBe(ROW);
    expect(pillOf(element).textContent).toBe('1 new event');
  });

  it('follows the news again once the event is closed', async () => {
    const element = mount();
    const row = find(element, 'c-event-row');
    row.dispatchEvent(new CustomEvent('toggle', { detail: { isOpen: true } }));
    row.dispatchEvent(new CustomEvent('toggle', { detail: { isOpen: false } }));
    await show(element, [...come(19), ...at(18, 17, 16)]);
    expect(pillOf(element)).toBeNull();
  });

  it('goes to the new events when asked to', async () => {
    const element = mount();
    await scroll(element, 60);
    await show(element, [...come(19), ...at(18, 17, 16)]);
    const focus = jest.spyOn(boxOf(element), 'focus');
    pillOf(element).click();
    await Promise.resolve();
    expect(boxOf(element).scrollTop).toBe(0);
    expect(pillOf(element)).toBeNull();
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it('counts nothing any more once the reader is back at the top', async () => {
    const element = mount();
    await scroll(element, 60);
    await show(element, [...come(19), ...at(18, 17, 16)]);
    await scroll(element, 0);
    expect(pillOf(element)).toBeNull();
  });

  it('asks for older events near the end, and by button', async () => {
    const element = mount({ hasOlder: true });
    const handler = listened(element, 'older');
    await scroll(element, 40);
    expect(handler).toHaveBeenCalledTimes(1);
    find(element, 'lightning-button').click();
    expect(handler).toHaveBeenCalledTimes(2);
    expect(find(element, 'lightning-button').label).toBe('Show older events');
  });

  it('does not ask far from the end', async () => {
    const element = mount({ hasOlder: true, events: at(19, 18, 17, 16, 15, 14, 13, 12, 11, 10) });
    const handler = listened(element, 'older');
    await scroll(element, 20);
    expect(handler).not.toHaveBeenCalled();
  });

  it('does not ask twice at once', async () => {
    const element = mount({ hasOlder: true, isLoadingOlder: true });
    const handler = listened(element, 'older');
    await scroll(element, 40);
    expect(handler).not.toHaveBeenCalled();
    expect(find(element, 'lightning-button').disabled).toBe(true);
  });

  it('says where the events end', async () => {
    const element = mount({ hasOlder: false });
    const handler = listened(element, 'older');
    await scroll(element, 40);
    expect(handler).not.toHaveBeenCalled();
    expect(find(element, '.end').textContent).toBe('No older events');
  });

  it('offers a second try for older events, but not by scrolling', async () => {
    const element = mount({ hasOlder: true, olderFault: { code: 'SERVICE_UNREACHABLE' } });
    const handler = listened(element, 'older');
    await scroll(element, 40);
    expect(handler).not.toHaveBeenCalled();
    expect(find(element, '.end__fault').textContent).toMatch(/not answering/);
    expect(find(element, 'lightning-button').label).toBe('Try again');
    find(element, 'lightning-button').click();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('tells that somebody is reading', async () => {
    const element = mount();
    const handler = listened(element, 'read');
    expect(element.isReading).toBe(false);
    await scroll(element, 60);
    expect(element.isReading).toBe(true);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('can be scrolled by keyboard', () => {
    const box = boxOf(mount());
    expect(box.tabIndex).toBe(0);
    expect(box.getAttribute('aria-label')).toBe('Events, newest first');
  });

  it.each([
    ['with older events', { hasOlder: true }],
    ['at its end', {}],
    ['after older events failed', { hasOlder: true, olderFault: { code: 'X' } }]
  ])('is accessible %s', async (_, properties) => {
    await expect(mount(properties)).toBeAccessible();
  });

  it('is accessible with new events waiting', async () => {
    const element = mount();
    await scroll(element, 60);
    await show(element, [...come(19), ...at(18, 17, 16)]);
    await expect(element).toBeAccessible();
  });
});
