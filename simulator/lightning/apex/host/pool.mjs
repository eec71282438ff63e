import { MessageChannel, Worker } from 'node:worker_threads';
import { answerLine } from './line.mjs';

const WORKER_FILE = new URL('./worker.mjs', import.meta.url);

/** Raised when a call ran longer than a transaction may. */
export class TimeLimitReached extends Error {}

/** Threads that run Apex, one transaction at a time each; calls wait for a free one. */
export class WorkerPool {
  /**
   * @param options.size number of threads
   * @param options.data what each thread starts from
   * @param options.answers what threads may ask for, see answerLine
   * @param options.timeLimitMs a call that runs longer is ended together with its thread
   */
  constructor({ size, data, answers, timeLimitMs }) {
    Object.assign(this, { data, answers, timeLimitMs });
    this.waiting = [];
    this.idle = [];
    this.all = new Set();
    this.isClosed = false;
    this.ready = Promise.all(Array.from({ length: size }, () => this.hire()));
  }

  /** Start a thread; settles when it can take calls. */
  hire() {
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const line = { port: port2, signal };
    const worker = new Worker(WORKER_FILE, {
      workerData: { ...this.data, line },
      transferList: [port2]
    });
    answerLine({ port: port1, signal }, this.answers);
    this.all.add(worker);
    worker.once('exit', () => {
      port1.close();
      this.all.delete(worker);
    });
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', () => {
        worker.off('error', reject);
        this.free(worker);
        resolve();
      });
    });
  }

  /** Run a task on the next free thread. */
  run(task) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ task, resolve, reject });
      this.dispatch();
    });
  }

  dispatch() {
    while (this.idle.length && this.waiting.length) {
      this.perform(this.idle.pop(), this.waiting.shift());
    }
  }

  perform(worker, { task, resolve, reject }) {
    const handlers = {
      message: (answer) => {
        quiet();
        resolve(answer);
        this.free(worker);
      },
      error: (error) => {
        quiet();
        reject(error);
        this.replace(worker);
      },
      exit: () => handlers.error(new Error('the Apex host was closed'))
    };
    const tooLong = () => handlers.error(new TimeLimitReached('Apex CPU time limit exceeded'));
    const timer = setTimeout(tooLong, this.timeLimitMs);
    const quiet = () => {
      clearTimeout(timer);
      for (const [event, handler] of Object.entries(handlers)) worker.off(event, handler);
    };
    for (const [event, handler] of Object.entries(handlers)) worker.on(event, handler);
    worker.postMessage(task);
  }

  free(worker) {
    this.idle.push(worker);
    this.dispatch();
  }

  /** End a thread that is lost and start another in its place. */
  async replace(worker) {
    await worker.terminate();
    if (!this.isClosed) await this.hire();
  }

  /** End all threads; calls that still wait are refused. */
  async close() {
    this.isClosed = true;
    for (const { reject } of this.waiting.splice(0)) reject(new Error('the Apex host was closed'));
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }
}
