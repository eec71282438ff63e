/** Reading and answering HTTP, and the one way a request may fail. */

/** Raised by a route to answer with `status` and a sentence. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const BODY_LIMIT_BYTES = 1024 * 1024;

/** The JSON body of `request`. Raises: Refusal 415, 413, 400. */
export async function readJson(request) {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'Send application/json.');
  }
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw new Refusal(413, 'The body is larger than 1 MB.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (problem) {
    throw new Refusal(400, `The body is not JSON: ${problem.message}`);
  }
}

/** Answer with `body` as JSON; records change, so nothing of it is kept by the browser. */
export function sendJson(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

/**
 * Refuse what does not come from a page of this server.
 *
 * The server listens on loopback only, yet any site open in the same browser can send requests
 * there, or point a name of its own at 127.0.0.1.
 */
export function refuseForeign({ headers }) {
  const isLoopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? '');
  if (!isLoopback) throw new Refusal(403, 'This page is served on loopback only.');
  const isForeign = headers.origin && new URL(headers.origin).host !== headers.host;
  if (isForeign) throw new Refusal(403, 'Requests from other sites are refused.');
}
