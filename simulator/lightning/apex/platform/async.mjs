import { construct } from '../runtime/construction.mjs';
import { call } from '../runtime/members.mjs';
import { isA } from '../runtime/conversion.mjs';
import { throwApex } from '../runtime/exceptions.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { running } from '../runtime/transaction.mjs';
import { numberedId } from '../values/ids.mjs';
import { apexType } from '../values/types.mjs';

const QUEUEABLE = apexType('Queueable');
const SCHEDULABLE = apexType('Schedulable');
/** Jobs that one transaction may put into the queue; a queued one may go on with one other. */
const MOST_JOBS = 50;
/** Seconds, minutes, hours, day of month, month, day of week, perhaps a year. */
const CRON = /^\d{1,2} \d{1,2} (\*|\d{1,2}) (\*|\?|\d{1,2}) (\*|\d{1,2}) (\*|\?|\w+)( \d{4})?$/;

class SchedulableContext {
  constructor(id) {
    this.id = id;
  }
}

class QueueableContext {
  constructor(id) {
    this.id = id;
  }
}

/** `System.enqueueJob(job)`: runs when the transaction has ended well, in one of its own. */
function enqueueJob(job) {
  const { jobs } = running();
  if (!isA(job, QUEUEABLE)) throwApex('TypeException', 'The job is not Queueable');
  if (jobs.length >= MOST_JOBS) {
    throwApex('LimitException', `Too many queueable jobs added to the queue: ${MOST_JOBS + 1}`);
  }
  const id = numberedId('707', jobs.length + 1);
  jobs.push({ id, job, context: new QueueableContext(id) });
  return id;
}

/** `System.schedule(name, cron, job)`: in a test it runs once, at Test.stopTest; elsewhere it is noted. */
function schedule(name, cron, job) {
  const { scheduled, jobs, isTest } = running();
  if (!isA(job, SCHEDULABLE)) throwApex('TypeException', 'The job is not Schedulable');
  if (!CRON.test(cron))
    throwApex('AsyncException', `Based on configured schedule, ${cron} is wrong`);
  if (scheduled.has(name)) {
    throwApex('AsyncException', `The Apex job named "${name}" is already scheduled for execution.`);
  }
  const id = numberedId('08e', scheduled.size + 1);
  scheduled.set(name, { cron, job });
  if (isTest) jobs.push({ id, job, context: new SchedulableContext(id) });
  return id;
}

/** Run what waits in this transaction, and what that puts into the queue in turn. */
export function runJobs() {
  const transaction = running();
  while (transaction.jobs.length) {
    const job = transaction.jobs.shift();
    transaction.hasUncommittedWork = false;
    executeJob(job);
  }
}

/** Run a job that was queued or scheduled. */
export function executeJob({ job, context }) {
  call(job, 'execute', [context]);
}

/** Run a Schedulable class once, as the platform does at its time. */
export function executeSchedulable(className) {
  call(construct(className, []), 'execute', [new SchedulableContext(numberedId('08e', 1))]);
}

export const asyncStatics = { 'enqueueJob/1': enqueueJob, 'schedule/3': schedule };

export const asyncTypes = [
  new PlatformType('Schedulable'),
  new PlatformType('Queueable'),
  new PlatformType('Database.AllowsCallouts'),
  new PlatformType('SchedulableContext', {
    holds: SchedulableContext,
    methods: { 'getTriggerId/0': ({ id }) => id }
  }),
  new PlatformType('QueueableContext', {
    holds: QueueableContext,
    methods: { 'getJobId/0': ({ id }) => id }
  })
];
