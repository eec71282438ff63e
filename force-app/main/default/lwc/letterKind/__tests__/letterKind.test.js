import { letterKind } from 'c/letterKind';

describe('letterKind', () => {
  it.each([
    ['campaign-stats', 'Rep’s answer'],
    ['profile-update', 'Flow data'],
    ['journey-step', 'Journey step'],
    ['something-new', 'something-new'],
    ['constructor', 'constructor']
  ])('names %s', (kind, words) => {
    expect(letterKind(kind)).toBe(words);
  });
});
