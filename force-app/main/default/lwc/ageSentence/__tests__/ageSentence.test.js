import { ageSentence } from 'c/ageSentence';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('c-age-sentence', () => {
  it.each([
    ['2026-11-21T12:00:00Z', 'as of a moment ago'],
    ['2026-11-21T11:59:01Z', 'as of a moment ago'],
    ['2026-11-21T11:59:00Z', 'as of 1 min ago'],
    ['2026-11-21T11:48:00Z', 'as of 12 min ago'],
    ['2026-11-21T11:00:01Z', 'as of 59 min ago'],
    ['2026-11-21T11:00:00Z', 'as of 1 h ago'],
    ['2026-11-20T12:00:01Z', 'as of 23 h ago'],
    ['2026-11-20T12:00:00Z', 'as of 1 d ago'],
    ['2026-11-21T12:00:30Z', 'as of a moment ago'],
    ['yesterday', 'as of an earlier time'],
    [undefined, 'as of an earlier time']
  ])('says of an answer from %s: %s', (asOf, sentence) => {
    expect(ageSentence(asOf, NOW)).toBe(sentence);
  });

  it('counts from the clock of the browser', () => {
    expect(ageSentence(new Date(Date.now() - 3 * 60_000).toISOString())).toBe('as of 3 min ago');
  });
});
