/** Starts the simulated org for a test: the real program, on a free port. */
import { spawn } from 'node:child_process';
import readline from 'node:readline';

/** Resolves with `{url, access, stop}` once the org listens; `access` is what a connection needs. */
export async function startOrg() {
  const program = spawn('p13n-simulator', ['serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => program.once('exit', resolve));
  for await (const line of readline.createInterface(program.stdout)) {
    const [name, url] = line.split(' ');
    if (name !== 'CRM') continue;
    const access = {
      instanceUrl: url,
      clientId: 'demo-org-client',
      clientSecret: 'demo-org-secret'
    };
    const stop = () => {
      program.kill('SIGTERM');
      return ended;
    };
    return { url, access, stop };
  }
  throw new Error('The simulated org did not start.');
}
