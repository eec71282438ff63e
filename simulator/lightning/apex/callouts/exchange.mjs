import http from 'node:http';
import https from 'node:https';

/** Bytes of an answer that Apex can hold (heap of a synchronous transaction). */
const MAX_ANSWER_BYTES = 6_000_000;

const AGENTS = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true })
};

const REASONS = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset',
  ENOTFOUND: 'Unknown host',
  ERR_INVALID_URL: 'Invalid URL'
};

/** Raised when no whole answer came; the message is what a CalloutException says. */
export class NoAnswer extends Error {}

/**
 * Send one HTTP request: no proxy, no redirect, one deadline over everything.
 * @param request `{url, method, headers: [[name, value]], body, timeoutMs}`
 * @returns `{status, statusText, headers: [[name, value]], body}`. Raises NoAnswer.
 */
export async function exchange(request) {
  const deadline = AbortSignal.timeout(Math.max(1, request.timeoutMs));
  try {
    return await send(request, deadline);
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(
      deadline.aborted ? 'Read timed out' : (REASONS[error.code] ?? error.message)
    );
  }
}

function send({ url, method, headers, body }, signal) {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const client = target.protocol === 'https:' ? https : http;
    const options = {
      method,
      headers: withLength(headers, body),
      agent: AGENTS[target.protocol],
      signal
    };
    const sent = client.request(target, options, (response) =>
      receive(response).then(resolve, reject)
    );
    sent.on('error', reject);
    sent.end(body || undefined);
  });
}

function withLength(headers, body) {
  return {
    ...Object.fromEntries(headers),
    ...(body ? { 'Content-Length': Buffer.byteLength(body) } : {})
  };
}

async function receive(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      throw new NoAnswer(`Exceeded max size limit of ${MAX_ANSWER_BYTES}`);
    }
    chunks.push(chunk);
  }
  return {
    status: response.statusCode,
    statusText: response.statusMessage,
    headers: Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    body: Buffer.concat(chunks).toString('utf8')
  };
}
