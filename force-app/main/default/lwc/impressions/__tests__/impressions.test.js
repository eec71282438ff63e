import { Impressions } from 'c/impressions';

let observer;

class Observer {
  watched = new Set();

  constructor(tell, { threshold }) {
    Object.assign(this, { tell, threshold });
    observer = this;
  }

  observe(element) {
    this.watched.add(element);
  }

  unobserve(element) {
    this.watched.delete(element);
  }

  disconnect() {
    this.watched.clear();
  }
}

const tile = () => document.createElement('li');
const show = (...elements) =>
  observer.tell(elements.map((target) => ({ target, isIntersecting: true })));
const hide = (...elements) =>
  observer.tell(elements.map((target) => ({ target, isIntersecting: false })));
const pass = (milliseconds) => jest.advanceTimersByTimeAsync(milliseconds);

function showTab(isShown) {
  Object.defineProperty(document, 'hidden', { value: !isShown, configurable: true });
  document.dispatchEvent(new CustomEvent('visibilitychange'));
}

describe('impressions', () => {
  let report;
  let impressions;

  beforeEach(() => {
    jest.useFakeTimers();
    global.IntersectionObserver = Observer;
    report = jest.fn(() => Promise.resolve());
    impressions = new Impressions(report);
  });

  afterEach(() => {
    impressions.stop();
    jest.useRealTimers();
  });

  it('reports in one call what was half on screen for a second, once', async () => {
    const [tea, mug, spoon] = [tile(), tile(), tile()];
    impressions.watch(
      new Map([
        [tea, 'tea'],
        [mug, 'mug'],
        [spoon, 'spoon']
      ])
    );
    expect(observer.threshold).toBe(0.5);
    show(tea, mug);
    await pass(900);
    expect(report).not.toHaveBeenCalled();
    await pass(5_000);
    expect(report.mock.calls).toEqual([[['tea', 'mug']]]);
    hide(tea);
    show(tea);
    await pass(60_000);
    expect(report).toHaveBeenCalledTimes(1);
    show(spoon);
    await pass(2_000);
    expect(report).toHaveBeenLastCalledWith(['spoon']);
  });

  it('does not count what only passed by', async () => {
    const tea = tile();
    impressions.watch(new Map([[tea, 'tea']]));
    show(tea);
    await pass(700);
    hide(tea);
    await pass(10_000);
    expect(report).not.toHaveBeenCalled();
  });

  it('does not count while the tab is hidden', async () => {
    const tea = tile();
    impressions.watch(new Map([[tea, 'tea']]));
    show(tea);
    await pass(500);
    showTab(false);
    await pass(60_000);
    expect(report).not.toHaveBeenCalled();
    showTab(true);
    await pass(700);
    expect(report).not.toHaveBeenCalled();
    await pass(1_500);
    expect(report).toHaveBeenCalledTimes(1);
  });

  it('reports again what was not taken', async () => {
    report.mockRejectedValueOnce(new Error('down'));
    const tea = tile();
    impressions.watch(new Map([[tea, 'tea']]));
    show(tea);
    await pass(1_100);
    expect(report).toHaveBeenCalledTimes(1);
    await pass(10_000);
    expect(report.mock.calls).toEqual([[['tea']], [['tea']]]);
  });

  it('forgets elements that are gone, and asks nothing more when it is stopped', async () => {
    const [tea, mug] = [tile(), tile()];
    impressions.watch(new Map([[tea, 'tea']]));
    impressions.watch(new Map([[mug, 'mug']]));
    expect([...observer.watched]).toEqual([mug]);
    show(tea, mug);
    impressions.stop();
    await pass(10_000);
    expect(report).not.toHaveBeenCalled();
  });
});
