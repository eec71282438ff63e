import { agoText, clockText, dateText, dayOf, dayText, momentText } from 'c/timeText';

// The reader's time zone in these tests is America/Los_Angeles, eight hours behind in November.
const NOW = Date.parse('2026-11-21T20:00:00Z'); // noon

describe('c-time-text', () => {
  it.each([
    ['2026-11-21T19:59:30Z', 'now'],
    ['2026-11-21T20:00:30Z', 'now'], // this browser's clock runs late
    ['2026-11-21T19:57:00Z', '3 min. ago'],
    ['2026-11-21T18:00:00Z', '2 hr. ago'],
    ['2026-11-21T08:00:00Z', '12 hr. ago']
  ])('says of %s today: %s', (time, text) => {
    expect(agoText(time, NOW)).toBe(text);
  });

  it('says the clock for another day, even when it is less than a day ago', () => {
    expect(agoText('2026-11-21T07:59:00Z', NOW).replace(/\s/, ' ')).toBe('11:59 PM');
  });

  it('says the clock alone', () => {
    expect(clockText('2026-11-21T20:05:00Z').replace(/\s/, ' ')).toBe('12:05 PM');
  });

  it('counts minutes across midnight', () => {
    const justAfterMidnight = Date.parse('2026-11-21T08:00:20Z');
    expect(agoText('2026-11-21T07:59:50Z', justAfterMidnight)).toBe('now');
  });

  it.each([
    ['2026-11-21T19:00:00Z', 'today'],
    ['2026-11-21T07:59:59Z', 'yesterday'],
    ['2026-11-19T20:00:00Z', 'Thursday, November 19'],
    ['2025-03-03T20:00:00Z', 'March 3, 2025']
  ])('calls the day of %s %s', (time, text) => {
    expect(dayText(time, NOW)).toBe(text);
  });

  it('cuts days at midnight of the reader, across the end of summer time', () => {
    expect(dayOf('2026-11-01T06:59:59Z')).toBe('2026-10-31');
    expect(dayOf('2026-11-01T07:00:00Z')).toBe('2026-11-01');
    expect(dayOf('2026-11-02T07:59:59Z')).toBe('2026-11-01');
    expect(dayOf('2026-11-02T08:00:00Z')).toBe('2026-11-02');
  });

  it('says the moment in full', () => {
    expect(momentText('2026-11-21T19:57:05Z')).toMatch(/Saturday, November 21, 2026.*11:57:05/);
    expect(dateText('2025-03-03T20:00:00Z')).toBe('Mar 3, 2025');
  });
});
