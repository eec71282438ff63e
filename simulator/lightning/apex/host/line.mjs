import { receiveMessageOnPort } from 'node:worker_threads';

/**
 * A line over which a worker asks the main thread and waits for the answer, because Apex waits.
 * `shared` is `{port, signal}`: one end of a message channel and a shared Int32Array.
 */
export class AskingEnd {
  constructor({ port, signal }) {
    this.port = port;
    this.signal = signal;
  }

  /** Ask and block this thread until the answer is there. */
  ask(kind, question) {
    Atomics.store(this.signal, 0, 0);
    this.port.postMessage({ kind, question });
    Atomics.wait(this.signal, 0, 0);
    const { answer, fault } = receiveMessageOnPort(this.port).message;
    if (fault) throw new Error(fault);
    return answer;
  }
}

/** Answer what comes over the line with `answers[kind](question)`. */
export function answerLine({ port, signal }, answers) {
  port.on('message', async ({ kind, question }) => {
    const message = await answers[kind](question).then(
      (answer) => ({ answer }),
      (error) => ({ fault: error.message })
    );
    port.postMessage(message);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  });
}
