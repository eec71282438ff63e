import { throwApex } from './exceptions.mjs';
import { ApexThrow, RuntimeLacks } from './faults.mjs';

/** Methods that may be under way inside each other. */
const MAX_STACK_DEPTH = 1000;

let current = null;

/** The transaction that runs in this thread; Apex is synchronous, so there is at most one. */
export function running() {
  if (!current) throw new Error('no Apex transaction is running in this thread');
  return current;
}

/**
 * One Apex transaction: static variables, call stack and what the code reaches of the outside.
 * `database`, `callouts` and `user` are given; `isTest` switches the rules of Apex tests on.
 */
export class Transaction {
  constructor({ program, database, callouts = null, user, isTest = false, coverage = null }) {
    Object.assign(this, { program, database, callouts, user, isTest, coverage });
    this.frames = [];
    this.staticsByClass = new Map();
    this.users = [];
    this.debugLog = [];
    /** Mocks by the key of their interface, see Test.setMock. */
    this.mocks = new Map();
    /** Records were written and not committed: no callout may follow. */
    this.hasUncommittedWork = false;
    /** Set for cacheable methods, which may not write. */
    this.isReadOnly = false;
    /** Queued jobs `{id, job, context}`; they run after this transaction. */
    this.jobs = [];
    /** What was scheduled, by its name. */
    this.scheduled = new Map();
    this.used = { callouts: 0, queries: 0, dmlStatements: 0 };
  }

  /** Run a piece of work as this transaction. */
  run(work) {
    const before = current;
    current = this;
    try {
      return work();
    } catch (error) {
      throw this.traced(error);
    } finally {
      current = before;
    }
  }

  enter(member) {
    if (this.frames.length === MAX_STACK_DEPTH) {
      throwApex('LimitException', `Maximum stack depth reached: ${MAX_STACK_DEPTH + 1}`);
    }
    this.frames.push({ title: member.title, file: member.file, line: member.line ?? 0 });
  }

  leave() {
    this.frames.pop();
  }

  /** Note that the line of the innermost method was reached. */
  at(line) {
    const frame = this.frames.at(-1);
    frame.line = line;
    this.coverage?.reached(frame.file, line);
  }

  /** `NextBestController.cls:41`, where the innermost method stands. */
  where() {
    const frame = this.frames.at(-1);
    return frame ? `${frame.file}:${frame.line}` : '';
  }

  /** The call stack as Apex prints it, innermost first. */
  stackTrace() {
    return this.frames.toReversed().map(({ title, line }) => `${title}: line ${line}, column 1`);
  }

  /** Give an error on its way out the place it came from, once. */
  traced(error) {
    if (error instanceof RuntimeLacks) error.placeAt(this.where());
    else if (error instanceof ApexThrow) this.traceException(error.exception);
    else if (!error.apexStack) error.apexStack = this.stackTrace();
    return error;
  }

  traceException(exception) {
    if (exception.trace) return;
    exception.trace = this.stackTrace();
    exception.line = this.frames.at(-1)?.line ?? null;
  }
}
