import { exchange, NoAnswer } from './exchange.mjs';

/** Seconds before its end at which a token is no longer used. */
const MARGIN_SECONDS = 5;

/**
 * Ask a token endpoint for an access token by OAuth client credentials, id and secret by Basic
 * authentication (RFC 6749, sections 4.4 and 2.3.1).
 * @returns `{value, expiresAt}` in milliseconds. Raises NoAnswer.
 */
export async function fetchToken({ tokenUrl, clientId, clientSecret, scope, timeoutMs, refusal }) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope ? { scope } : {})
  });
  const answer = await exchange({
    url: tokenUrl,
    method: 'POST',
    headers: [
      ['Authorization', `Basic ${basic(clientId, clientSecret)}`],
      ['Content-Type', 'application/x-www-form-urlencoded']
    ],
    body: form.toString(),
    timeoutMs
  });
  if (answer.status >= 500) {
    throw new NoAnswer(`The token endpoint answered with status ${answer.status}`);
  }
  if (answer.status !== 200) throw new NoAnswer(refusal);
  const { access_token: value, expires_in: seconds = 600 } = JSON.parse(answer.body);
  return { value, expiresAt: Date.now() + (seconds - MARGIN_SECONDS) * 1000 };
}

/** Id and secret are form-encoded before they are joined (RFC 6749, 2.3.1). */
function basic(clientId, clientSecret) {
  const encoded = [clientId, clientSecret].map((each) => encodeURIComponent(each));
  return Buffer.from(encoded.join(':')).toString('base64');
}

/** Keeps one token; callers that come while it is being fetched share the fetch. */
export class TokenKeeper {
  /** @param fetch `(timeoutMs) => {value, expiresAt}` */
  constructor(fetch) {
    this.fetch = fetch;
    this.kept = null;
    this.coming = null;
  }

  /** A token that has not ended yet. Raises NoAnswer when none comes within the time. */
  async token(timeoutMs) {
    if (this.kept && this.kept.expiresAt > Date.now()) return this.kept;
    this.coming ??= this.renew(timeoutMs);
    return within(timeoutMs, this.coming);
  }

  async renew(timeoutMs) {
    try {
      this.kept = await this.fetch(timeoutMs);
      return this.kept;
    } finally {
      this.coming = null;
    }
  }

  /** Forget a token that was refused, unless a newer one is there already. */
  drop(token) {
    if (this.kept === token) this.kept = null;
  }
}

/** The outcome of a promise that others may have started, or NoAnswer when it takes too long. */
async function within(timeoutMs, promise) {
  const { promise: late, reject } = Promise.withResolvers();
  const timer = setTimeout(() => reject(new NoAnswer('Read timed out')), Math.max(1, timeoutMs));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
