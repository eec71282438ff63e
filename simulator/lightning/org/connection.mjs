/**
 * The org's REST API, as the page's server uses it.
 * Source: REST API Developer Guide, "Query", "sObject Describe"; OAuth 2.0 client credentials flow.
 */
const API = '/services/data/v65.0';

/** Raised when the org refuses a request; `status` and `errorCode` are the org's own. */
export class OrgRefusal extends Error {
  constructor(status, { errorCode, message }) {
    super(`The org answered ${status} ${errorCode}: ${message}`);
    this.status = status;
    this.errorCode = errorCode;
  }
}

export class OrgConnection {
  #token = null;
  #descriptions = new Map();

  /** @param access `{instanceUrl, clientId, clientSecret}`. */
  constructor(access, fetchFunction = fetch) {
    this.access = access;
    this.fetch = fetchFunction;
  }

  /** The records of one page of a query, as the org gives them. */
  async query(soql) {
    const { records } = await this.#get(`${API}/query?q=${encodeURIComponent(soql)}`);
    return records;
  }

  /** `{name, label, fields: [{name, label, type}]}` of an object; asked once. */
  describe(objectName) {
    if (!this.#descriptions.has(objectName)) {
      const asked = this.#get(`${API}/sobjects/${objectName}/describe`);
      asked.catch(() => this.#descriptions.delete(objectName));
      this.#descriptions.set(objectName, asked);
    }
    return this.#descriptions.get(objectName);
  }

  /**
   * The names of the custom permissions that the user has.
   * Source: Salesforce help, "Identity URLs" (scope `custom_permissions`).
   */
  async customPermissions() {
    const { custom_permissions: granted } = await this.#get('/services/oauth2/userinfo');
    return Object.keys(granted ?? {});
  }

  /** Add up to 200 records; answers `[{id} | {problem}]` in order. */
  create(objectName, records) {
    return this.#collection('POST', objectName, records);
  }

  /** Set fields of up to 200 records, each with its `Id`; answers `[{id} | {problem}]` in order. */
  change(objectName, records) {
    return this.#collection('PATCH', objectName, records);
  }

  /** Source: REST API Developer Guide, "sObject Collections". */
  async #collection(method, type, records) {
    const typed = records.map((record) => ({ attributes: { type }, ...record }));
    const body = JSON.stringify({ allOrNone: false, records: typed });
    const results = await this.#ask(`${API}/composite/sobjects`, { method, body });
    return results.map(({ id, success, errors }) =>
      success ? { id } : { problem: errors.map(({ message }) => message).join(' ') }
    );
  }

  #get(address) {
    return this.#ask(address, {});
  }

  async #ask(address, request) {
    let response = await this.#send(address, request);
    if (response.status === 401) {
      this.#token = null;
      response = await this.#send(address, request);
    }
    const body = await response.json();
    if (!response.ok) throw new OrgRefusal(response.status, [body].flat()[0] ?? {});
    return body;
  }

  async #send(address, request) {
    this.#token ??= await this.#newToken();
    const headers = { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' };
    return this.fetch(this.access.instanceUrl + address, { ...request, headers });
  }

  async #newToken() {
    const { instanceUrl, clientId, clientSecret } = this.access;
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret
    };
    const response = await this.fetch(`${instanceUrl}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form)
    });
    const body = await response.json();
    if (response.ok) return body.access_token;
    throw new OrgRefusal(response.status, {
      errorCode: body.error,
      message: body.error_description
    });
  }
}
