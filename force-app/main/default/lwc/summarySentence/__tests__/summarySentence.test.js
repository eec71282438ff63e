import { summarySentence } from 'c/summarySentence';

// Apex hands every parameter over as text.
const say = (code, parameters, message = 'In English.') =>
  summarySentence({ code, parameters, message });

describe('c-summary-sentence', () => {
  it.each([
    [
      'LOOKED_AT_ITEMS',
      { count: '3', mostly: 'Teapots', minutes: '20', purchases: '2' },
      'Looked at 3 items, mostly Teapots, in the last 20 minutes; bought twice this year.'
    ],
    [
      'LOOKED_AT_ITEMS',
      { count: '2', mostly: null, minutes: '1', purchases: '0' },
      'Looked at 2 items in the last minute.'
    ],
    [
      'LOOKED_AT_ITEM',
      { item: 'Red teapot', minutes: '5', purchases: '1' },
      'Looked at Red teapot in the last 5 minutes; bought once this year.'
    ],
    [
      'PUT_IN_CART',
      { item: 'Red teapot', minutes: '0', purchases: '3' },
      'Put Red teapot in the cart just now; bought 3 times this year.'
    ],
    [
      'JUST_BOUGHT',
      { count: '1', minutes: '1', purchases: '1' },
      'Bought 1 item 1 minute ago; bought once this year.'
    ],
    ['ACTIVE_NOW', { minutes: '12', purchases: '0' }, 'Active 12 minutes ago.'],
    ['LAST_ACTIVE', { days: '0', purchases: '0' }, 'Last active today.'],
    ['LAST_ACTIVE', { days: '1', purchases: '0' }, 'Last active yesterday.'],
    ['LAST_ACTIVE', { days: '9' }, 'Last active 9 days ago.']
  ])('says what is hot now: %s %p', (code, parameters, sentence) => {
    expect(say(code, parameters)).toBe(sentence);
  });

  it.each([
    ['views', 'Leans to Teapots: 27% of all views by Category.'],
    ['viewTime', 'Leans to Teapots: 27% of all view time by Category.'],
    ['purchases', 'Leans to Teapots: 27% of all purchases by Category.']
  ])('says what the person leans to by %s', (showBy, sentence) => {
    const parameters = { label: 'Teapots', typeLabel: 'Category', percent: '27', showBy };
    expect(say('TOP_AFFINITY', parameters)).toBe(sentence);
  });

  it('falls back to the sentence of the service for what it does not know', () => {
    expect(say('BRAND_NEW', {})).toBe('In English.');
    expect(say('toString', {})).toBe('In English.');
    expect(say('TOP_AFFINITY', { showBy: 'mood' })).toBe('In English.');
  });

  it.each([null, undefined, {}])('is silent when there is nothing to say: %p', (summary) => {
    expect(summarySentence(summary)).toBe('');
  });
});
