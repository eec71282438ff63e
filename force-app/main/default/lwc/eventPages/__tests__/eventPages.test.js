import { firstPage, withNewer, withOlder } from 'c/eventPages';

/** Events at these minutes of one hour, named by them. */
const at = (...minutes) =>
  minutes.map((minute) => ({
    id: `at ${minute}`,
    occurredAt: `2026-11-21T12:${String(minute).padStart(2, '0')}:00.000Z`
  }));
const idsOf = ({ events }) => events.map(({ id }) => id);
const FIRST = firstPage({ events: at(30, 20), latest: 'L1', oldest: 'O1' }, 2);

describe('c-event-pages', () => {
  it('expects older events below a full page only', () => {
    expect(FIRST).toMatchObject({ latest: 'L1', oldest: 'O1', hasOlder: true });
    expect(firstPage({ events: at(30), latest: 'L1', oldest: 'O1' }, 2).hasOlder).toBe(false);
    expect(firstPage({ events: [], latest: null, oldest: null }, 2).hasOlder).toBe(false);
  });

  it('puts newer events on top and moves on', () => {
    const shown = withNewer(FIRST, { events: at(50, 40), latest: 'L2' });
    expect(idsOf(shown)).toEqual(['at 50', 'at 40', 'at 30', 'at 20']);
    expect(shown).toMatchObject({ latest: 'L2', oldest: 'O1', hasOlder: true });
  });

  it('marks as new what came by following, and nothing else', () => {
    const shown = withNewer(FIRST, { events: at(40, 25), latest: 'L2' });
    const older = withOlder(shown, { events: at(10), oldest: 'O2' }, 2);
    const newIds = older.events.filter(({ isNew }) => isNew).map(({ id }) => id);
    expect(newIds).toEqual(['at 40', 'at 25']);
  });

  it('never shows an event twice', () => {
    const shown = withNewer(FIRST, { events: at(40, 30), latest: 'L2' });
    expect(idsOf(shown)).toEqual(['at 40', 'at 30', 'at 20']);
    expect(idsOf(withOlder(shown, { events: at(20, 10), oldest: 'O2' }, 2))).toEqual([
      'at 40',
      'at 30',
      'at 20',
      'at 10'
    ]);
  });

  it('gives an event that arrived late the place of its time', () => {
    const shown = withNewer(FIRST, { events: at(40, 25), latest: 'L2' });
    expect(idsOf(shown)).toEqual(['at 40', 'at 30', 'at 25', 'at 20']);
  });

  it('leaves an event older than all that is shown to the older pages', () => {
    const shown = withNewer(FIRST, { events: at(15), latest: 'L2' });
    expect(idsOf(shown)).toEqual(['at 30', 'at 20']);
    expect(shown.latest).toBe('L2');
    const all = { ...FIRST, hasOlder: false };
    expect(idsOf(withNewer(all, { events: at(15), latest: 'L2' }))).toEqual([
      'at 30',
      'at 20',
      'at 15'
    ]);
  });

  it('keeps the very list when nothing is new, so that nothing is drawn again', () => {
    const shown = withNewer(FIRST, { events: [], latest: null });
    expect(shown.events).toBe(FIRST.events);
    expect(shown.latest).toBe('L1');
  });

  it('puts older events below until a page is not full', () => {
    const shown = withOlder(FIRST, { events: at(10), oldest: 'O2' }, 2);
    expect(idsOf(shown)).toEqual(['at 30', 'at 20', 'at 10']);
    expect(shown).toMatchObject({ latest: 'L1', oldest: 'O2', hasOlder: false });
    expect(withOlder(FIRST, { events: [], oldest: null }, 2)).toMatchObject({
      oldest: 'O1',
      hasOlder: false
    });
  });
});
