import { Polling } from 'c/polling';

const SHARE = 0.5; // of an element that has to be on screen
const LONG_ENOUGH = 1_000; // milliseconds on screen at a stretch
const LOOK_EVERY = 1.25; // seconds that Polling is told, for a look each second

/**
 * Reports what really was on screen: half of it, for a second, in a tab that is shown.
 *
 * `report(keys)` gets what has not been reported before, and is promised to fail when the report was
 * not taken: the same is then reported again, at a growing distance, as long as it is on screen.
 */
export class Impressions {
  keys = new Map(); // of what is watched, by element
  since = new Map(); // milliseconds of the clock at which an element came on screen
  reported = new Set();

  constructor(report) {
    this.report = report;
    this.clock = new Polling(() => this.look(), { seconds: LOOK_EVERY });
    this.beginAnew = () => this.since.forEach((_, element) => this.since.set(element, Date.now()));
  }

  /** Watches these elements from now on, and no others; `keyByElement` tells them apart. */
  watch(keyByElement) {
    this.observer ??= new IntersectionObserver((seen) => this.note(seen), { threshold: SHARE });
    for (const element of this.keys.keys()) {
      if (!keyByElement.has(element)) {
        this.forget(element);
      }
    }
    for (const [element, key] of keyByElement) {
      if (!this.keys.has(element)) {
        this.observer.observe(element);
      }
      this.keys.set(element, key);
    }
  }

  stop() {
    this.observer?.disconnect();
    this.observer = undefined;
    this.keys.clear();
    this.since.clear();
    this.pause();
  }

  forget(element) {
    this.observer.unobserve(element);
    this.keys.delete(element);
    this.since.delete(element);
  }

  note(seen) {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting && this.keys.has(target)) {
        this.since.set(target, Date.now());
      } else {
        this.since.delete(target);
      }
    }
    if (this.waiting.length) {
      // a tab that was hidden showed nothing meanwhile
      document.addEventListener('visibilitychange', this.beginAnew);
      this.clock.start();
    }
  }

  pause() {
    document.removeEventListener('visibilitychange', this.beginAnew);
    this.clock.stop();
  }

  /** Elements on screen whose keys have not been reported. */
  get waiting() {
    return [...this.since.keys()].filter((element) => !this.reported.has(this.keys.get(element)));
  }

  async look() {
    const due = this.waiting.filter(
      (element) => Date.now() - this.since.get(element) >= LONG_ENOUGH
    );
    const keys = [...new Set(due.map((element) => this.keys.get(element)))];
    if (keys.length) {
      await this.report(keys);
      keys.forEach((key) => this.reported.add(key));
    }
    if (!this.waiting.length) {
      this.pause();
    }
    return keys.length > 0;
  }
}
