import { reduceErrors } from 'c/reduceErrors';

const own = (fault) => ({ body: { message: JSON.stringify(fault) } });

describe('c-reduce-errors', () => {
  it('reads the fault that our controller threw', () => {
    const fault = { code: 'UPSTREAM_TIMEOUT', message: 'No answer in time', correlationId: 'c-1' };
    expect(reduceErrors(own(fault))).toEqual(fault);
  });

  it('fills in what the controller left out', () => {
    expect(reduceErrors(own({ code: 'NOT_CONNECTED' }))).toEqual({
      code: 'NOT_CONNECTED',
      message: '',
      correlationId: null
    });
  });

  it('keeps the sentence and code of a platform error', () => {
    const error = { body: [{ message: 'No access', errorCode: 'INSUFFICIENT_ACCESS' }] };
    expect(reduceErrors(error)).toEqual({
      code: 'INSUFFICIENT_ACCESS',
      message: 'No access',
      correlationId: null
    });
  });

  it.each([
    ['an exception of the page', new Error('Failed to fetch'), 'Failed to fetch'],
    ['a body that is text', { body: 'Gateway says no' }, 'Gateway says no'],
    ['bare text', 'Script error', 'Script error'],
    ['JSON that is no fault of ours', { body: { message: '{"a":1}' } }, '{"a":1}'],
    ['JSON null', { body: { message: 'null' } }, 'null'],
    ['an empty list', { body: [] }, ''],
    ['nothing at all', undefined, '']
  ])('has no code for %s', (_, error, message) => {
    expect(reduceErrors(error)).toEqual({ code: 'UNKNOWN', message, correlationId: null });
  });
});
