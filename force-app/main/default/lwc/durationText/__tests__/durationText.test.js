import { durationText, roughDurationText } from 'c/durationText';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('c-duration-text', () => {
  it.each([
    [0, '0 sec'],
    [-5, '0 sec'],
    [1, '1 sec'],
    [59.4 * SECOND, '59 sec'],
    [59.7 * SECOND, '1 min'],
    [4 * MINUTE + 20 * SECOND, '4 min 20 sec'],
    [HOUR, '1 hr'],
    [HOUR + 5 * MINUTE + 59 * SECOND, '1 hr 5 min'],
    [HOUR + 5 * SECOND, '1 hr'],
    [26 * HOUR, '1 day 2 hr'],
    [1_000 * HOUR, '41 days 16 hr']
  ])('spells %d milliseconds as %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  it.each([
    [0, '0 sec'],
    [4 * MINUTE + 20 * SECOND, '4 min'],
    [26 * HOUR, '1 day']
  ])('spells %d milliseconds roughly as %s', (milliseconds, text) => {
    expect(roughDurationText(milliseconds)).toBe(text);
  });
});
