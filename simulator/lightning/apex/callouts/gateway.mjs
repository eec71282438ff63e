import { exchange, NoAnswer } from './exchange.mjs';
import { fetchToken, TokenKeeper } from './tokens.mjs';

/**
 * Sends the callouts of Apex as the platform would: `callout:Name/path` is resolved by the named
 * credential, the external credential signs in, and one refused token is renewed.
 */
export class CalloutGateway {
  /**
   * @param credentials named credentials by name
   * @param readPrincipal `(externalCredential, principal) => {clientId, clientSecret}`, or null
   *   when an admin has not filled it
   */
  constructor(credentials, readPrincipal) {
    this.credentials = credentials;
    this.readPrincipal = readPrincipal;
    this.keepers = new Map();
  }

  /** Answer a request `{endpoint, method, headers, body, timeoutMs}`, or `{fault}` in words. */
  async send(request) {
    try {
      return await this.sendNamed(request, Date.now() + request.timeoutMs);
    } catch (error) {
      if (error instanceof NoAnswer) return { fault: error.message };
      throw error;
    }
  }

  async sendNamed({ endpoint, ...request }, deadline) {
    const { credential, path } = this.resolve(endpoint);
    const timeLeft = () => deadline - Date.now();
    const attempt = (headers) =>
      exchange({ ...request, headers, url: credential.url + path, timeoutMs: timeLeft() });
    if (!credential.addsAuthorization) return attempt(request.headers);
    const keeper = this.keeperOf(credential.external);
    const token = await keeper.token(timeLeft());
    const answer = await attempt(authorized(request.headers, token));
    if (answer.status !== 401) return answer;
    keeper.drop(token);
    return attempt(authorized(request.headers, await keeper.token(timeLeft())));
  }

  resolve(endpoint) {
    const match = /^callout:(\w+)(.*)$/s.exec(endpoint);
    if (!match) {
      throw new NoAnswer(
        `Unauthorized endpoint, please check Setup->Security->Remote site settings. endpoint = ${endpoint}`
      );
    }
    const credential = this.credentials.get(match[1]);
    if (!credential?.isEnabled) {
      throw new NoAnswer(
        `The callout couldn't access the endpoint. You might not have the required permissions, or the named credential "${match[1]}" might not exist.`
      );
    }
    return { credential, path: match[2] };
  }

  keeperOf(external) {
    if (!this.keepers.has(external.name)) {
      this.keepers.set(
        external.name,
        new TokenKeeper((timeoutMs) => this.signIn(external, timeoutMs))
      );
    }
    return this.keepers.get(external.name);
  }

  async signIn({ name, tokenUrl, scope, principal }, timeoutMs) {
    const refusal = `We couldn't access the credential(s). You might not have the required permissions, or the external credential "${name}" might not exist.`;
    const filled = principal && (await this.readPrincipal(name, principal));
    if (!filled) throw new NoAnswer(refusal);
    return fetchToken({ tokenUrl, scope, ...filled, timeoutMs, refusal });
  }
}

function authorized(headers, token) {
  return [
    ...headers.filter(([name]) => name.toLowerCase() !== 'authorization'),
    ['Authorization', `Bearer ${token.value}`]
  ];
}
