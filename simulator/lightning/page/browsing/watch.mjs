/** Sees what goes wrong on a page while it looks right. */

/** Hosts a page may talk to: its own server, and the shop whose pictures a worker draws. */
const LOOPBACK = /^(127\.0\.0\.1|localhost)$/;
const SHOP = 'shop.example';

/**
 * Collect the faults of `page` from now on, as sentences: errors in its console, exceptions,
 * answers of 400 and above, failed requests, and requests that would have left the machine.
 * @returns the list, which grows as they come.
 */
export function watchFaults(page) {
  const faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (problem) => faults.push(`exception: ${problem.message}`));
  page.on('requestfailed', (request) => {
    // A beacon outlives the page that sent it; the browser only stops telling us about it.
    if (request.resourceType() === 'ping') return;
    faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
    if (leavesTheMachine(response)) faults.push(`external: ${response.url()}`);
  });
  return faults;
}

function leavesTheMachine(response) {
  const { protocol, hostname } = new URL(response.url());
  if (!protocol.startsWith('http') || LOOPBACK.test(hostname)) return false;
  return hostname !== SHOP || !response.fromServiceWorker();
}
