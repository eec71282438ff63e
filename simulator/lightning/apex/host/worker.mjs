import { parentPort, workerData } from 'node:worker_threads';
import { RestDatabase } from '../data/rest-database.mjs';
import { Program } from '../program.mjs';
import { Transaction } from '../runtime/transaction.mjs';
import {
  callAuraEnabled,
  callInvocable,
  picklist,
  runJob,
  runSchedulable
} from './entry-points.mjs';
import { describeError } from './errors.mjs';
import { AskingEnd } from './line.mjs';

const program = Program.read(workerData.program);
const line = new AskingEnd(workerData.line);
const database = new RestDatabase(program.schema, (request) => line.ask('org', request));
const callouts = { send: (request) => line.ask('callout', request) };
const ENTRY_POINTS = { callAuraEnabled, callInvocable, picklist, runSchedulable };

/** Run one call as one transaction, then each job it has queued as one of its own. */
function run({ entryPoint, args }) {
  const queue = [];
  const answer = commit((transaction) => ENTRY_POINTS[entryPoint](transaction, ...args), queue);
  const jobs = [];
  while (queue.length) {
    const next = queue.shift();
    jobs.push(commit(() => runJob(next), queue));
  }
  return { ...answer, failedJobs: jobs.filter(({ ok }) => !ok).map(({ error }) => error) };
}

/** What a piece of work answers; the jobs it queues join `queue`, unless it fails. */
function commit(work, queue) {
  const transaction = new Transaction({ program, database, callouts, user: workerData.user });
  try {
    const value = transaction.run(() => work(transaction)) ?? null;
    queue.push(...transaction.jobs);
    return { ok: true, value };
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}

parentPort.on('message', (task) => parentPort.postMessage(run(task)));
parentPort.postMessage('ready');
