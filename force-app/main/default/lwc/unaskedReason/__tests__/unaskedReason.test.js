import { unaskedReason } from 'c/unaskedReason';

const SET = [
  ['User Identifier', 'Email'],
  ['Dataset', 'retail']
];

describe('c-unasked-reason', () => {
  it('is none when everything is there to ask with', () => {
    expect(unaskedReason('003000000000001AAA', SET)).toBeNull();
  });

  it('names every setting that is blank', () => {
    const blank = SET.map(([label]) => [label, '']);
    expect(unaskedReason('003000000000001AAA', blank)).toEqual({
      code: 'NOT_CONFIGURED',
      parameters: { settings: 'User Identifier, Dataset' }
    });
  });

  it('misses a record only when the settings are complete', () => {
    expect(unaskedReason(undefined, SET)).toEqual({ code: 'NO_RECORD' });
    expect(unaskedReason(undefined, [['Dataset', null]]).code).toBe('NOT_CONFIGURED');
  });
});
