/**
 * Serves the local Lightning page: our components, our Apex, one org.
 *
 *   node simulator/lightning/server.mjs --port 8800 --org-url http://127.0.0.1:8820 \
 *        --org-client-id ID --org-client-secret-env NAME [--shop-url http://127.0.0.1:8830]
 *        [--journeys-url http://localhost:8840]
 *
 * NAME is the variable that holds the secret. P13N_SERVICE_URL takes the place of the service's
 * address in the credentials, as `sfdx-project.json` says. `/shop` and `/journeys` lead to the
 * simulated shop and Journey Builder. Prints one line when ready; SIGTERM and Ctrl-C stop it.
 */
import { parseArgs } from 'node:util';
import { ApexHost } from './apex/host.mjs';
import { BUILT, buildPage } from './build.mjs';
import { OrgConnection } from './org/connection.mjs';
import { salesforceProject } from './org/project.mjs';
import { startScheduledJobs } from './org/scheduled-jobs.mjs';
import { startServer } from './page/serve/server.mjs';

const OPTIONS = {
  port: { type: 'string', default: '8800' },
  'org-url': { type: 'string' },
  'org-client-id': { type: 'string' },
  'org-client-secret-env': { type: 'string' },
  'shop-url': { type: 'string', default: '' },
  'journeys-url': { type: 'string', default: '' }
};
const OPTIONAL = ['shop-url', 'journeys-url'];

/** Where the org is and who asks. Raises: Error naming every option that is missing. */
function orgAccess(options, environment) {
  const needed = Object.keys(OPTIONS).filter((name) => !OPTIONAL.includes(name));
  const missing = needed.filter((name) => !options[name]);
  if (missing.length) throw new Error(`Missing: ${missing.map((name) => `--${name}`).join(', ')}`);
  const clientSecret = environment[options['org-client-secret-env']];
  if (!clientSecret) throw new Error(`${options['org-client-secret-env']} is not set`);
  return { instanceUrl: options['org-url'], clientId: options['org-client-id'], clientSecret };
}

async function main() {
  const { values: options } = parseArgs({ options: OPTIONS });
  const org = orgAccess(options, process.env);
  const project = salesforceProject();
  await buildPage({ project });
  const apex = await ApexHost.start({
    sources: project.packages,
    projectFile: project.file,
    org,
    environment: process.env,
    workers: 2
  });
  const connection = new OrgConnection(org);
  const beside = { shopUrl: options['shop-url'], journeysUrl: options['journeys-url'] };
  const parts = { connection, apex, project, built: BUILT, ...beside };
  const server = await startServer(Number(options.port), parts).catch(async (problem) => {
    await apex.close();
    throw problem;
  });
  stopOnSignal(server, apex, startScheduledJobs(apex));
  console.log(`Lightning http://127.0.0.1:${server.address().port}`);
}

function stopOnSignal(server, apex, stopJobs) {
  const stop = async () => {
    stopJobs();
    server.close();
    server.closeAllConnections();
    await apex.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

await main().catch((problem) => {
  console.error(`The page did not start: ${problem.message}`);
  process.exitCode = 1;
});
