import { Polling } from 'c/polling';

const MINUTE = 60_000; // milliseconds
let isHidden = false;
let polling;

function begin(ask, options = {}) {
  polling = new Polling(ask, { seconds: 5, ...options });
  polling.start();
  return ask;
}

const pass = (milliseconds) => jest.advanceTimersByTimeAsync(milliseconds);

function turnTab(hidden) {
  isHidden = hidden;
  document.dispatchEvent(new CustomEvent('visibilitychange'));
}

describe('c-polling', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    isHidden = false;
    jest.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
  });

  afterEach(() => {
    polling.stop();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('leaves a fifth of the promised seconds to the answer', async () => {
    const ask = begin(jest.fn(() => true));
    await pass(3_999);
    expect(ask).toHaveBeenCalledTimes(0);
    await pass(1);
    expect(ask).toHaveBeenCalledTimes(1);
    await pass(4_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it.each([0, -1, undefined])('never asks when the seconds are %p', async (seconds) => {
    const ask = begin(jest.fn(), { seconds });
    await pass(MINUTE);
    turnTab(false);
    await pass(MINUTE);
    expect(ask).not.toHaveBeenCalled();
  });

  it('waits for the answer before it asks again', async () => {
    let answer;
    const ask = begin(jest.fn(() => new Promise((resolve) => (answer = resolve))));
    await pass(MINUTE);
    expect(ask).toHaveBeenCalledTimes(1);
    answer(false);
    await pass(4_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('keeps the pace for five minutes without news, then slackens to 30 seconds', async () => {
    begin(jest.fn(() => false));
    await pass(5 * MINUTE);
    expect(polling.pause).toBe(4_000);
    await pass(MINUTE);
    expect(polling.pause).toBe(8_000);
    await pass(60 * MINUTE);
    expect(polling.pause).toBe(30_000);
  });

  it('returns to the full pace with news', async () => {
    const ask = begin(jest.fn(() => false));
    await pass(30 * MINUTE);
    ask.mockReturnValueOnce(true);
    await pass(30_000);
    expect(polling.pause).toBe(4_000);
  });

  it('returns to the full pace when the reader does something', async () => {
    const ask = begin(jest.fn(() => false));
    await pass(30 * MINUTE);
    ask.mockClear();
    polling.quicken();
    await pass(4_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it.each(['pointermove', 'keydown'])('takes a %s anywhere for such a sign', async (name) => {
    const ask = begin(jest.fn(() => false));
    await pass(30 * MINUTE);
    ask.mockClear();
    document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
    await pass(4_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('is not put off by a reader who never rests', async () => {
    const ask = begin(jest.fn(() => false));
    const move = () => pass(1_000).then(() => polling.quicken());
    await Array.from({ length: 12 }).reduce((moves) => moves.then(move), Promise.resolve());
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('keeps a pace that is slower than its own', async () => {
    begin(
      jest.fn(() => false),
      { seconds: 100 }
    );
    await pass(60 * MINUTE);
    expect(polling.pause).toBe(80_000);
  });

  it('slows down with each failure, to a minute at most, and recovers at once', async () => {
    const ask = begin(jest.fn(() => Promise.reject(new Error('down'))));
    await pass(4_000);
    expect(polling.pause).toBe(8_000);
    await pass(8_000);
    expect(polling.pause).toBe(16_000);
    await pass(4 * MINUTE);
    expect(polling.pause).toBe(60_000);
    ask.mockReturnValue(true);
    await pass(MINUTE);
    expect(polling.pause).toBe(4_000);
  });

  it('asks nothing while the tab is hidden, and at once when it is shown again', async () => {
    const ask = begin(jest.fn(() => false));
    turnTab(true);
    await pass(10 * MINUTE);
    expect(ask).not.toHaveBeenCalled();
    turnTab(false);
    expect(ask).toHaveBeenCalledTimes(1);
    await pass(4_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('stays silent when the tab is hidden while an answer is on its way', async () => {
    let answer;
    const ask = begin(jest.fn(() => new Promise((resolve) => (answer = resolve))));
    await pass(4_000);
    turnTab(true);
    answer(true);
    await pass(MINUTE);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('asks nothing while nobody can see the component', async () => {
    const isWatched = jest.fn(() => false);
    const ask = begin(jest.fn(), { isWatched });
    await pass(MINUTE);
    expect(ask).not.toHaveBeenCalled();
    isWatched.mockReturnValue(true);
    await pass(4_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('leaves neither timer nor listener behind', async () => {
    const ask = begin(jest.fn(() => true));
    polling.stop();
    turnTab(false);
    await pass(10 * MINUTE);
    document.dispatchEvent(new CustomEvent('keydown'));
    await pass(MINUTE);
    expect(ask).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not go on after an answer that came too late', async () => {
    let answer;
    const ask = begin(jest.fn(() => new Promise((resolve) => (answer = resolve))));
    await pass(4_000);
    polling.stop();
    answer(true);
    await pass(MINUTE);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('begins once, however often it is told to', async () => {
    const ask = begin(jest.fn(() => true));
    polling.start();
    await pass(4_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
