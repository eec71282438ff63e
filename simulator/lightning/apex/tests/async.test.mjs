import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apex, thrownBy } from './probe.mjs';

const JOB = `public class Job implements Schedulable, Queueable, Database.AllowsCallouts {
  public static List<String> log = new List<String>();
  private Integer more;
  public Job() { this(0); }
  public Job(Integer more) { this.more = more; }
  public void execute(SchedulableContext context) {
    log.add('scheduled ' + context.getTriggerId().left(3));
    System.enqueueJob(new Job());
  }
  public void execute(QueueableContext context) {
    log.add('queued ' + context.getJobId().left(3));
    if (more > 0) System.enqueueJob(new Job(more - 1));
  }
}`;
const classes = { 'Job.cls': JOB };

/** What the jobs of a test noted, between its beginning and its end. */
function logOf(statements) {
  const body = `Test.startTest(); ${statements} Integer before = Job.log.size(); Test.stopTest();
    Job.log.add(0, String.valueOf(before)); return Job.log;`;
  return apex(body, { classes });
}

test('a queued job runs at the end of the test, and so does what it queues', () => {
  assert.deepEqual(logOf(`System.enqueueJob(new Job(1));`), ['0', 'queued 707', 'queued 707']);
});

test('a scheduled job runs once at the end of the test and may queue another', () => {
  const schedule = `System.schedule('Nightly', '0 15 * * * ?', new Job());`;
  assert.deepEqual(logOf(schedule), ['0', 'scheduled 08e', 'queued 707']);
});

test('a job is scheduled under one name, at a time that can be understood', () => {
  const twice = `System.schedule('Nightly', '0 0 4 * * ?', new Job());`;
  assert.match(thrownBy(twice + twice, { classes }), /"Nightly" is already scheduled/);
  const list = `System.schedule('Often', '0 0,15 * * * ?', new Job());`;
  assert.match(thrownBy(list, { classes }), /AsyncException: Based on configured schedule/);
});

test('what is no job is refused', () => {
  assert.match(thrownBy(`System.enqueueJob('x');`), /not Queueable/);
  assert.match(thrownBy(`System.schedule('x', '0 0 4 * * ?', 'x');`), /not Schedulable/);
});

test('a job may call out after records were written before it', () => {
  const work = `insert new Contact(LastName = 'Reed'); System.enqueueJob(new Job());`;
  assert.deepEqual(logOf(work), ['0', 'queued 707']);
});
