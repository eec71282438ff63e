import { newKey } from 'c/requestKey';

describe('c-request-key', () => {
  it('names each click anew', () => {
    const keys = Array.from({ length: 50 }, newKey);
    expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
    expect(new Set(keys).size).toBe(50);
  });
});
