import { parentPort, workerData } from 'node:worker_threads';
import { RestDatabase } from '../data/rest-database.mjs';
import { Program } from '../program.mjs';
import { Transaction } from '../runtime/transaction.mjs';
import { callAuraEnabled, callInvocable, picklist } from './entry-points.mjs';
import { describeError } from './errors.mjs';
import { AskingEnd } from './line.mjs';

const program = Program.read(workerData.program);
const line = new AskingEnd(workerData.line);
const database = new RestDatabase(program.schema, (request) => line.ask('org', request));
const callouts = { send: (request) => line.ask('callout', request) };
const ENTRY_POINTS = { callAuraEnabled, callInvocable, picklist };

/** Run one call as one transaction. */
function run({ entryPoint, args }) {
  const transaction = new Transaction({ program, database, callouts, user: workerData.user });
  try {
    const value = transaction.run(() => ENTRY_POINTS[entryPoint](transaction, ...args));
    return { ok: true, value };
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}

parentPort.on('message', (task) => parentPort.postMessage(run(task)));
parentPort.postMessage('ready');
