/**
 * A wire adapter over shared answers.
 *
 * Source: LWC guide, "Wire Adapters": the constructor gets a callback, then `connect`,
 * `update(config)` and `disconnect` are called. A parameter that is undefined keeps the adapter
 * from asking; null is a value.
 */
const answerOfState = new WeakMap();
const NOTHING_YET = { data: undefined, error: undefined };

/** @param answerTo `(config) => SharedAnswer`, called only with complete configurations. */
export function wireAdapter(answerTo) {
  return class {
    #stopFollowing = () => {};
    #connected = false;
    #config = null;

    constructor(emit) {
      this.emit = emit;
      emit({ ...NOTHING_YET });
    }

    connect() {
      this.#connected = true;
      this.#follow();
    }

    update(config) {
      this.#config = config;
      this.#follow();
    }

    disconnect() {
      this.#connected = false;
      this.#stopFollowing();
    }

    #follow() {
      this.#stopFollowing();
      if (!this.#connected || !isComplete(this.#config)) return;
      const answer = answerTo(this.#config);
      this.#stopFollowing = answer.follow((state) => {
        // A state of its own for each wire: refreshApex finds its answer by this object.
        const mine = { ...state };
        answerOfState.set(mine, answer);
        this.emit(mine);
      });
    }
  };
}

/** Ask again for what `state` (the whole object a wire was given) shows; undefined when nothing is. */
export async function refreshState(state) {
  await answerOfState.get(state)?.refresh();
}

function isComplete(config) {
  return config !== null && Object.values(config).every((value) => value !== undefined);
}
