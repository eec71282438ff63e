/**
 * Answers of the platform that several parts of a page share.
 *
 * As Lightning Data Service does: who asks the same twice gets one answer, a refreshed answer
 * reaches everyone who shows it, errors are told but not kept, and what was answered cannot be
 * changed (frozen all the way down).
 */

/** How long an answer is given again without asking. That the platform takes 5 minutes is unverified. */
const KEPT_MS = 5 * 60 * 1000;

export class SharedAnswers {
  #answers = new Map();

  /** @param fetchAnswer `(question) => Promise<value>`; rejects with the platform's error shape. */
  constructor(fetchAnswer, now = Date.now) {
    this.fetchAnswer = fetchAnswer;
    this.now = now;
  }

  /** The shared answer to `question`, any JSON value; equal questions give the same object. */
  to(question) {
    const key = JSON.stringify(question, sortKeys);
    if (!this.#answers.has(key)) {
      this.#answers.set(key, new SharedAnswer(() => this.fetchAnswer(question), this.now));
    }
    return this.#answers.get(key);
  }
}

class SharedAnswer {
  /** Each follower, and the state it was last told. */
  #told = new Map();
  #pending = null;
  #state = null;
  #keptUntil = 0;

  constructor(fetchAnswer, now) {
    this.fetchAnswer = fetchAnswer;
    this.now = now;
  }

  /** The value, asked for only when none is kept. Rejects as the platform does. */
  async value() {
    const { data, error } = this.#isKept() ? this.#state : await this.refresh();
    if (error) throw error;
    return data;
  }

  /** Tell `listener` every state `{data, error}` from now on; returns how to stop. */
  follow(listener) {
    this.#told.set(listener, null);
    if (this.#isKept()) this.#tellFollowers();
    else this.refresh();
    return () => this.#told.delete(listener);
  }

  /** Ask again and tell the followers. Resolves with the new state; never rejects. */
  refresh() {
    this.#pending ??= this.#ask().finally(() => (this.#pending = null));
    return this.#pending;
  }

  async #ask() {
    const state = await this.fetchAnswer().then(
      (value) => ({ data: deepFreeze(value), error: undefined }),
      (error) => ({ data: undefined, error })
    );
    this.#keptUntil = state.error ? 0 : this.now() + KEPT_MS;
    // Lightning Data Service stays silent when a refresh brings the same data, and so do we: a
    // component that waits for a new value after refreshApex would spin for ever in an org too.
    if (!isSameData(this.#state, state)) this.#state = Object.freeze(state);
    this.#tellFollowers();
    return this.#state;
  }

  #tellFollowers() {
    for (const [listener, told] of this.#told) {
      if (told === this.#state) continue;
      this.#told.set(listener, this.#state);
      listener(this.#state);
    }
  }

  #isKept() {
    return this.now() < this.#keptUntil;
  }
}

function isSameData(before, after) {
  if (!before || before.error || after.error) return false;
  return JSON.stringify(before.data) === JSON.stringify(after.data);
}

function sortKeys(key, value) {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Freeze `value` and everything in it, as data of the platform is read-only. */
export function deepFreeze(value) {
  if (value && typeof value === 'object') Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
