const SECOND = 1_000; // milliseconds
const LIVELY = 300 * SECOND; // how long the full pace lasts after the last news
const QUIETEST = 30 * SECOND; // between two questions, however quiet it is
const MOST_TROUBLED = 60 * SECOND; // between two questions, however often the last ones failed
const SIGNS_OF_A_READER = ['pointermove', 'keydown'];
const SHARE_FOR_WAITING = 0.8; // the rest of the promised seconds is left to the answer

/**
 * Asks again and again while somebody looks; the only timer of our components.
 *
 * `ask` returns whether there was news, or a promise of it, and fails when the question failed.
 * News are there within `seconds`; 0 never asks. The pace slackens after five minutes without
 * any and without a sign of a reader, and more so after failures. Nothing is asked while the tab
 * is hidden or `isWatched()` says no; once the tab is shown again, at once. Two questions never run
 * at the same time.
 */
export class Polling {
  timer;
  isRunning = false;
  isAsking = false;
  failures = 0;
  livelyUntil = 0;

  constructor(ask, { seconds, isWatched = () => true }) {
    this.ask = ask;
    this.isWatched = isWatched;
    this.pace = seconds * SECOND * SHARE_FOR_WAITING;
    this.followTab = () => (document.hidden ? clearTimeout(this.timer) : this.resume());
    this.followReader = () => this.quicken();
  }

  /** Begins; the first question comes after one pause. */
  start() {
    if (this.pace > 0 && !this.isRunning) {
      this.isRunning = true;
      document.addEventListener('visibilitychange', this.followTab);
      SIGNS_OF_A_READER.forEach((name) => document.addEventListener(name, this.followReader));
      this.livelyUntil = Date.now() + LIVELY;
      this.wait();
    }
  }

  stop() {
    this.isRunning = false;
    document.removeEventListener('visibilitychange', this.followTab);
    SIGNS_OF_A_READER.forEach((name) => document.removeEventListener(name, this.followReader));
    clearTimeout(this.timer);
  }

  /** Back to the full pace: the reader has done something. Whoever never rests puts nothing off. */
  quicken() {
    const isSlack = Date.now() > this.livelyUntil;
    this.livelyUntil = Date.now() + LIVELY;
    if (isSlack) {
      this.wait();
    }
  }

  resume() {
    this.livelyUntil = Date.now() + LIVELY;
    clearTimeout(this.timer);
    return this.askOnce();
  }

  /** Milliseconds until the next question. A pace that the administrator wants slower than ours stays. */
  get pause() {
    const quiet = Math.max(0, Date.now() - this.livelyUntil);
    const calm = Math.min(
      this.pace * 2 ** Math.ceil(quiet / LIVELY),
      Math.max(QUIETEST, this.pace)
    );
    return Math.min(calm * 2 ** this.failures, Math.max(MOST_TROUBLED, calm));
  }

  wait() {
    clearTimeout(this.timer);
    if (this.isRunning && !this.isAsking && !document.hidden) {
      // Live events need a clock, and the platform offers components no other one.
      // eslint-disable-next-line @lwc/lwc/no-async-operation
      this.timer = setTimeout(() => this.askOnce(), this.pause);
    }
  }

  async askOnce() {
    if (this.isAsking) {
      return;
    }
    this.isAsking = true;
    try {
      const isNews = this.isWatched() && (await this.ask());
      this.failures = 0;
      this.livelyUntil = isNews ? Date.now() + LIVELY : this.livelyUntil;
    } catch {
      this.failures += 1; // whoever asked has seen the failure; here it only slows the pace
    } finally {
      this.isAsking = false;
      this.wait();
    }
  }
}
