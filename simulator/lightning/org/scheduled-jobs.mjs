/**
 * What an administrator has scheduled in the org, run as the platform would, only more often: nobody
 * at a demo waits for the next quarter of an hour.
 */

/** Schedulable classes of the package, as its documentation tells an administrator to schedule them. */
const CLASSES = ['SendPendingOfferResponses'];
const EVERY_MS = 5_000;

/** Run each class again and again; two runs never overlap. Returns how to stop. */
export function startScheduledJobs(apex, everyMs = EVERY_MS) {
  let isRunning = false;
  const runAll = async () => {
    if (isRunning) return;
    isRunning = true;
    for (const className of CLASSES) {
      await run(apex, className).catch((problem) =>
        console.error(`${className}: ${problem.message}`)
      );
    }
    isRunning = false;
  };
  const timer = setInterval(runAll, everyMs);
  return () => clearInterval(timer);
}

async function run(apex, className) {
  const { ok, error } = await apex.runSchedulable(className);
  if (!ok) throw new Error(error.message);
}
