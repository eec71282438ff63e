import { exchange } from '../callouts/exchange.mjs';
import { fetchToken, TokenKeeper } from '../callouts/tokens.mjs';

/** Milliseconds one request to the org may take. */
const TIMEOUT_MS = 10_000;

/** The simulated org's REST API, with a token of its own. */
export class OrgClient {
  constructor({ instanceUrl, clientId, clientSecret }) {
    this.instanceUrl = instanceUrl.replace(/\/$/, '');
    this.keeper = new TokenKeeper((timeoutMs) =>
      fetchToken({
        tokenUrl: `${this.instanceUrl}/services/oauth2/token`,
        clientId,
        clientSecret,
        timeoutMs,
        refusal: 'The simulated org refused its client credentials'
      })
    );
  }

  /** Send `{method, path, body}`, body as JSON text; answers `{status, body}` with the body's text. */
  async request({ method, path, body = null }) {
    const token = await this.keeper.token(TIMEOUT_MS);
    const answer = await this.send(method, path, body, token);
    if (answer.status !== 401) return answer;
    this.keeper.drop(token);
    return this.send(method, path, body, await this.keeper.token(TIMEOUT_MS));
  }

  async send(method, path, body, token) {
    const { status, body: text } = await exchange({
      url: this.instanceUrl + path,
      method,
      headers: [
        ['Authorization', `Bearer ${token.value}`],
        ['Accept', 'application/json'],
        ...(body === null ? [] : [['Content-Type', 'application/json']])
      ],
      body,
      timeoutMs: TIMEOUT_MS
    });
    return { status, body: text };
  }

  /** What an admin filled into a principal, or null. The platform alone may read this. */
  async principal(externalCredential, name) {
    const path = `/_simulator/credentials/${encodeURIComponent(externalCredential)}/${encodeURIComponent(name)}`;
    const { status, body } = await this.request({ method: 'GET', path });
    if (status === 404) return null;
    if (status !== 200) throw new Error(`the simulated org answered ${status} for ${path}`);
    return JSON.parse(body);
  }
}
