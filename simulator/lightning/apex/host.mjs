import { CalloutGateway } from './callouts/gateway.mjs';
import { readNamedCredentials } from './callouts/credentials.mjs';
import { Replacements } from './callouts/replacements.mjs';
import { OrgClient } from './host/org-client.mjs';
import { TimeLimitReached, WorkerPool } from './host/pool.mjs';
import { OBJECT_FOLDER, Program } from './program.mjs';

/** Longer than all callouts of one transaction may take together, in milliseconds. */
const TIME_LIMIT_MS = 130_000;

/** Who calls Apex from the local pages: the user of the simulated org. */
const PAGE_USER = Object.freeze({
  id: '0055g0000000001AAA',
  name: 'Robin Reeve',
  userName: 'robin.rep@shop.example',
  email: 'robin.rep@shop.example',
  organizationId: '00D000000000001EAA'
});

/** Runs our Apex for pages and scripts, against a simulated org and the real network. */
export class ApexHost {
  constructor(pool) {
    this.pool = pool;
  }

  /**
   * Compile the Apex and start its threads.
   * @param options.sources folders with classes and metadata
   * @param options.projectFile sfdx-project.json, for its replacements
   * @param options.org `{instanceUrl, clientId, clientSecret}` of the simulated org
   * @param options.environment variables the replacements may name
   * @param options.workers how many transactions may run at a time
   * @param options.objects folders with object files; the simulated org's by default
   * @param options.user `{id, name, userName, email, organizationId}` for UserInfo
   * Raises CompileFault, naming file and line, when the Apex cannot be run.
   */
  static async start({
    sources,
    projectFile,
    org,
    environment = process.env,
    workers = 2,
    objects = [OBJECT_FOLDER],
    user = PAGE_USER,
    timeLimitMs = TIME_LIMIT_MS
  }) {
    const { units } = Program.read({ sources, objects });
    const gateway = gatewayFor({ sources, projectFile, environment }, org);
    const pool = new WorkerPool({
      size: workers,
      data: { program: { sources, objects, units }, user },
      answers: {
        callout: (request) => gateway.callouts.send(request),
        org: (request) => gateway.org.request(request)
      },
      timeLimitMs
    });
    await pool.ready;
    return new ApexHost(pool);
  }

  /**
   * Call a static @AuraEnabled method, as a component does.
   * @returns `{ok: true, value}` or `{ok: false, error: {exceptionType, message, stackTrace}}`
   */
  callAuraEnabled(className, methodName, args = {}) {
    return this.run('callAuraEnabled', [className, methodName, args]);
  }

  /**
   * Call the @InvocableMethod of a class, as the interviews of one transaction do.
   * @param requests the inputs of each interview, by name
   * @returns like `callAuraEnabled`; the value is the list of results
   */
  callInvocable(className, requests) {
    return this.run('callInvocable', [className, requests]);
  }

  /** Run a Schedulable class once, and what it queues; answers like `callAuraEnabled`. */
  runSchedulable(className) {
    return this.run('runSchedulable', [className]);
  }

  /** The choices `[{label, value}]` of a dynamic picklist on a page of `entityName`. */
  async picklist(className, { entityName = null } = {}) {
    const answer = await this.run('picklist', [className, { entityName }]);
    if (answer.ok) return answer.value;
    throw new Error(`${answer.error.exceptionType}: ${answer.error.message}`);
  }

  async run(entryPoint, args) {
    const { failedJobs = [], ...answer } = await this.pool.run({ entryPoint, args }).catch(tooLong);
    // nobody waits for a queued job: its failure can only be written down
    const unheard = answer.error?.isRuntimeFault ? [answer.error, ...failedJobs] : failedJobs;
    for (const { message, stackTrace } of unheard) console.error(`${message}\n${stackTrace}`);
    return answer;
  }

  /** End all threads. */
  close() {
    return this.pool.close();
  }
}

/** A transaction that was ended for its length fails as on the platform; other errors pass on. */
function tooLong(error) {
  if (!(error instanceof TimeLimitReached)) throw error;
  const { message } = error;
  return { ok: false, error: { exceptionType: 'System.LimitException', message, stackTrace: '' } };
}

function gatewayFor({ sources, projectFile, environment }, orgOptions) {
  const replacements = projectFile ? new Replacements(projectFile, environment) : null;
  const replace = (file, text) => replacements?.apply(file, text) ?? text;
  const org = new OrgClient(orgOptions);
  const credentials = readNamedCredentials(sources, replace);
  return {
    org,
    callouts: new CalloutGateway(credentials, (name, principal) => org.principal(name, principal))
  };
}
