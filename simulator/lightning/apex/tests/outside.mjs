import http from 'node:http';

/**
 * A small HTTP server that is both the org and the weather service, on a free port of loopback.
 * `calls` keeps what was asked; `routes` maps `METHOD /path` to `(request, call) => answer`.
 */
export async function startOutside(routes) {
  const calls = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const call = { method: request.method, url: request.url, headers: request.headers, body };
    calls.push(call);
    const path = request.url.split('?')[0];
    const answer = await (routes[`${request.method} ${path}`] ?? notFound)(call, response);
    if (answer) send(response, answer);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, calls, close };
}

function notFound() {
  return { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'not found' }] };
}

function send(response, { status = 200, headers = {}, body = '' }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(text);
}
