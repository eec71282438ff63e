import { fillLabel } from 'c/fillLabel';

describe('c-fill-label', () => {
  it('puts each value into its numbered place, wherever the places stand', () => {
    expect(fillLabel('{1} of {0}, {1}', 'five', 'three')).toBe('three of five, three');
  });

  it('shows 0 and leaves a place without a value empty', () => {
    expect(fillLabel('{0}|{1}|{2}', 0, null)).toBe('0||');
  });

  it('does not fill a place that came with a value', () => {
    expect(fillLabel('{0} {1}', '{1}', '$& secret')).toBe('{1} $& secret');
  });
});
