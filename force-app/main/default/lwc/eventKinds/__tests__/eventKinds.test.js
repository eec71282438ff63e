import { EVENT_KINDS, eventKind } from 'c/eventKinds';

describe('c-event-kinds', () => {
  it('knows the kinds of the service, each with an icon of its own', () => {
    const kinds = EVENT_KINDS.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['action', 'campaign', 'cart', 'catalog', 'order', 'page']);
    expect(new Set(EVENT_KINDS.map(({ iconName }) => iconName)).size).toBe(6);
  });

  it('reads a kind it does not know as an action', () => {
    expect(eventKind('cart').label).toBe('Cart');
    expect(eventKind('telepathy').kind).toBe('action');
  });
});
