import { DATE_RANGES, SHOW_BY, optionFor } from 'c/affinityChoices';

const amountTexts = (amount) => SHOW_BY.map(({ amountText }) => amountText(amount));
const shortTexts = (amount) => SHOW_BY.map(({ shortText }) => shortText(amount));

describe('c-affinity-choices', () => {
  it('names measures and date ranges as the service does', () => {
    expect(SHOW_BY.map(({ value }) => value)).toEqual(['views', 'viewTime', 'purchases']);
    expect(DATE_RANGES.map(({ value }) => value)).toEqual([
      'last7Days',
      'last30Days',
      'last90Days',
      'last365Days',
      'allTime'
    ]);
  });

  it('spells an amount of each measure', () => {
    expect(amountTexts(1)).toEqual(['1 view', '1 sec', '1 purchase']);
    expect(amountTexts(65_000)).toEqual(['65,000 views', '1 min 5 sec', '65,000 purchases']);
    expect(shortTexts(65_000)).toEqual(['65,000', '1 min', '65,000']);
  });

  it.each([
    ['views', 'views'],
    ['View Time', 'viewTime'],
    ['toString', undefined],
    [undefined, undefined]
  ])('finds the measure %p by value or by setting', (wish, value) => {
    expect(optionFor(SHOW_BY, wish)?.value).toBe(value);
  });

  it('takes the first wish that exists', () => {
    expect(optionFor(DATE_RANGES, 'gone', 'Last 7 Days', 'allTime').days).toBe(7);
  });

  it('has nothing before all time', () => {
    expect(optionFor(DATE_RANGES, 'All Time').days).toBeUndefined();
  });
});
