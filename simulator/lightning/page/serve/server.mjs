/** The HTTP server of the page. */
import http from 'node:http';
import { OrgRefusal } from '../../org/connection.mjs';
import { refuseForeign, Refusal, sendJson } from './http.mjs';
import { routes } from './routes.mjs';

/**
 * Listen on loopback; resolves with the server once it does.
 * @param parts what `routes()` needs.
 */
export function startServer(port, parts) {
  const table = routes(parts);
  const server = http.createServer((request, response) => answer(table, request, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function answer(table, request, response) {
  try {
    refuseForeign(request);
    const { handler, groups } = match(table, request);
    await handler(request, response, ...groups);
  } catch (problem) {
    sendProblem(request, response, problem);
  }
}

function match(table, { method, url }) {
  const { pathname } = new URL(url, 'http://localhost');
  for (const [routeMethod, pattern, handler] of table) {
    const found = routeMethod === method && pathname.match(pattern);
    if (found) return { handler, groups: found.slice(1) };
  }
  throw new Refusal(404, `Nothing answers ${method} ${pathname}.`);
}

function sendProblem(request, response, problem) {
  const status = problem instanceof Refusal ? problem.status : statusOf(problem);
  if (status >= 500) console.error(`${request.method} ${request.url}: ${problem.stack}`);
  if (response.headersSent) response.destroy();
  else sendJson(response, status, { message: problem.message });
}

/** A refusal of the org is its fault seen from here; everything else is ours. */
function statusOf(problem) {
  return problem instanceof OrgRefusal ? 502 : 500;
}
