import { EventFeed } from 'c/eventFeed';

const event = (id, minute = 30) => ({
  id,
  occurredAt: `2026-11-21T19:${String(minute).padStart(2, '0')}:00.000Z`
});
const many = (count, letter) =>
  Array.from({ length: count }, (_, place) => event(`${letter}${place}`));
const page = (events, latest = 'L1', oldest = 'O1') => ({ reason: null, events, latest, oldest });
const idsOf = (feed) => feed.pages.events.map(({ id }) => id);

/** A feed of two events a page that gets these answers, one after the other. */
async function begun(ask) {
  ask.mockResolvedValueOnce(page([event('b', 20), event('a', 10)]));
  const feed = new EventFeed(ask, 2);
  await feed.begin();
  return feed;
}

describe('c-event-feed', () => {
  let ask;

  beforeEach(() => {
    ask = jest.fn();
  });

  it('begins with the newest page', async () => {
    const feed = await begun(ask);
    expect(ask.mock.calls).toEqual([[2, null, null]]);
    expect(idsOf(feed)).toEqual(['b', 'a']);
  });

  it('follows from where it is', async () => {
    const feed = await begun(ask);
    ask.mockResolvedValueOnce(page([event('c')], 'L2', null));
    await feed.follow(false);
    expect(ask).toHaveBeenLastCalledWith(100, 'L1', null);
    expect(idsOf(feed)).toEqual(['c', 'b', 'a']);
    expect(feed.pages).toMatchObject({ latest: 'L2', oldest: 'O1' });
  });

  it('follows page after page until it has caught up, without gap or repetition', async () => {
    const feed = await begun(ask);
    ask.mockResolvedValueOnce(page(many(100, 'c'), 'L2'));
    ask.mockResolvedValueOnce(page([event('d', 40), event('c0')], 'L3'));
    await feed.follow(false);
    expect(ask.mock.calls.map(([, after]) => after)).toEqual([null, 'L1', 'L2']);
    expect(idsOf(feed)).toHaveLength(103);
    expect(idsOf(feed)[0]).toBe('d');
  });

  it('begins anew when too much has happened, and older pages join it without a gap', async () => {
    const feed = await begun(ask);
    for (const letter of ['c', 'd', 'e', 'f', 'g']) {
      ask.mockResolvedValueOnce(page(many(100, letter), `L${letter}`));
    }
    ask.mockResolvedValueOnce(page([event('z'), event('y')], 'LZ', 'OZ'));
    await feed.follow(false);
    expect(ask).toHaveBeenLastCalledWith(2, null, null);
    expect(idsOf(feed)).toEqual(['z', 'y']);
    expect(feed.pages).toMatchObject({ latest: 'LZ', oldest: 'OZ', hasOlder: true });
  });

  it('begins when there was nothing to follow', async () => {
    const feed = new EventFeed(ask, 2);
    ask.mockResolvedValueOnce(page([], null, null));
    await feed.follow(false);
    ask.mockResolvedValueOnce(page([event('a')]));
    await feed.follow(false);
    expect(ask.mock.calls).toEqual([
      [2, null, null],
      [2, null, null]
    ]);
    expect(idsOf(feed)).toEqual(['a']);
  });

  it('begins anew when the person is not known any more', async () => {
    const feed = await begun(ask);
    const unknown = { ...page([], null, null), reason: { code: 'UNKNOWN_PERSON' } };
    ask.mockResolvedValue(unknown);
    expect(await feed.follow(false)).toBe(unknown);
    expect(idsOf(feed)).toEqual([]);
  });

  it('keeps many events only for whoever reads them', async () => {
    const feed = await begun(ask);
    ask.mockResolvedValueOnce(page(many(500, 'old'), null, 'O2'));
    await feed.goBack();
    ask.mockResolvedValueOnce(page([], 'L1', null));
    await feed.follow(true);
    expect(idsOf(feed)).toHaveLength(502);
    ask.mockResolvedValueOnce(page([event('z'), event('y')]));
    await feed.follow(false);
    expect(idsOf(feed)).toEqual(['z', 'y']);
  });

  it('goes back from where the events end', async () => {
    const feed = await begun(ask);
    ask.mockResolvedValueOnce(page([event('0', 5)], null, 'O2'));
    await feed.goBack();
    expect(ask).toHaveBeenLastCalledWith(2, null, 'O1');
    expect(idsOf(feed)).toEqual(['b', 'a', '0']);
    expect(feed.pages).toMatchObject({ latest: 'L1', oldest: 'O2', hasOlder: false });
  });

  it.each([
    ['newer', 'follow'],
    ['older', 'goBack']
  ])('drops %s events that a new beginning has overtaken', async (_, method) => {
    const feed = await begun(ask);
    let lateAnswer;
    ask.mockReturnValueOnce(new Promise((resolve) => (lateAnswer = resolve)));
    const late = feed[method](false);
    ask.mockResolvedValueOnce(page([event('z'), event('y')], 'LZ', 'OZ'));
    await feed.begin();
    lateAnswer(page([event('late')], 'L2', 'O2'));
    await late;
    expect(idsOf(feed)).toEqual(['z', 'y']);
    expect(feed.pages).toMatchObject({ latest: 'LZ', oldest: 'OZ' });
  });

  it('keeps what it has when a question fails', async () => {
    const feed = await begun(ask);
    ask.mockRejectedValueOnce(new Error('down'));
    await expect(feed.follow(false)).rejects.toThrow('down');
    expect(idsOf(feed)).toEqual(['b', 'a']);
  });
});
