import { countText, numberText } from 'c/countText';

describe('c-count-text', () => {
  it.each([
    [0, '0 views'],
    [1, '1 view'],
    [2, '2 views'],
    [12_345, '12,345 views']
  ])('chooses the label that fits %d', (count, text) => {
    expect(countText(count, '{0} view', '{0} views')).toBe(text);
  });

  it('fills further places of the label', () => {
    expect(countText(3, '{0} of {1}', '{0} of all {1}', 'teapots')).toBe('3 of all teapots');
  });

  it('writes numbers as the reader does', () => {
    expect(numberText(1_234.5)).toBe('1,234.5');
  });
});
