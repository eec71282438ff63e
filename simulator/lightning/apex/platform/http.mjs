import { throwApex } from '../runtime/exceptions.mjs';
import { call } from '../runtime/members.mjs';
import { PlatformType } from '../runtime/platform-types.mjs';
import { running } from '../runtime/transaction.mjs';
import { ApexBlob } from '../values/blob.mjs';
import { ApexList } from '../values/collections.mjs';
import { STRING } from '../values/types.mjs';

/** Milliseconds a callout may take when the request does not say. */
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 120_000;
/** Callouts in one transaction. */
const MAX_CALLOUTS = 100;

/** Headers whose names are found without regard to case. */
class Headers {
  constructor() {
    this.byKey = new Map();
  }

  set(name, value) {
    this.byKey.set(name.toLowerCase(), [name, value]);
    return null;
  }

  get(name) {
    return this.byKey.get(name.toLowerCase())?.[1] ?? null;
  }

  names() {
    return [...this.byKey.values()].map(([name]) => name);
  }
}

class HttpRequest {
  endpoint = null;
  method = null;
  body = '';
  timeout = DEFAULT_TIMEOUT_MS;
  headers = new Headers();
}

class HttpResponse {
  statusCode = 0;
  status = null;
  body = '';
  headers = new Headers();
}

class Http {}

function assign(name) {
  return (target, value) => {
    target[name] = value;
    return null;
  };
}

function setTimeoutOf(request, ms) {
  if (ms < 1 || ms > MAX_TIMEOUT_MS) {
    throwApex(
      'CalloutException',
      `Invalid timeout value: ${ms}. It must be between 1 and ${MAX_TIMEOUT_MS}`
    );
  }
  request.timeout = ms;
  return null;
}

/** Answer a request: in a test by its mock, else over the network. */
function send(http, request) {
  const transaction = running();
  checkCallout(request, transaction);
  transaction.used.callouts += 1;
  const mock = transaction.mocks.get('httpcalloutmock');
  if (mock) return call(mock, 'respond', [request]);
  if (transaction.isTest || !transaction.callouts) {
    throwApex('TypeException', 'Methods defined as TestMethod do not support Web service callouts');
  }
  return received(transaction.callouts.send(sendable(request)));
}

function checkCallout(request, { hasUncommittedWork, used }) {
  const fault = (message) => throwApex('CalloutException', message);
  if (hasUncommittedWork) {
    fault('You have uncommitted work pending. Please commit or rollback before calling out');
  }
  if (used.callouts >= MAX_CALLOUTS) {
    throwApex('LimitException', `Too many callouts: ${used.callouts + 1}`);
  }
  if (request.endpoint === null) fault('The Endpoint must be specified');
  if (request.method === null) fault('The Method must be specified');
}

/** A request as plain data for the side that speaks HTTP. */
function sendable({ endpoint, method, body, timeout, headers }) {
  const pairs = [...headers.byKey.values()];
  return { endpoint, method: method.toUpperCase(), body, timeoutMs: timeout, headers: pairs };
}

function received(answer) {
  if (answer.fault) throwApex('CalloutException', answer.fault);
  const response = new HttpResponse();
  response.statusCode = answer.status;
  response.status = answer.statusText;
  response.body = answer.body;
  for (const [name, value] of answer.headers) response.headers.set(name, value);
  return response;
}

const bodyMethods = {
  'getBody/0': (message) => message.body,
  'setBody/1': assign('body'),
  'getBodyAsBlob/0': (message) => new ApexBlob(Buffer.from(message.body)),
  'setBodyAsBlob/1': (message, blob) => assign('body')(message, blob.bytes.toString()),
  'getHeader/1': (message, name) => message.headers.get(name),
  'setHeader/2': (message, name, value) => message.headers.set(name, value)
};

export const httpTypes = [
  new PlatformType('HttpRequest', {
    holds: HttpRequest,
    constructors: { 0: () => new HttpRequest() },
    methods: {
      ...bodyMethods,
      'setEndpoint/1': assign('endpoint'),
      'getEndpoint/0': (request) => request.endpoint,
      'setMethod/1': assign('method'),
      'getMethod/0': (request) => request.method,
      'setTimeout/1': setTimeoutOf
    }
  }),
  new PlatformType('HttpResponse', {
    holds: HttpResponse,
    constructors: { 0: () => new HttpResponse() },
    methods: {
      ...bodyMethods,
      'getStatusCode/0': (response) => response.statusCode,
      'setStatusCode/1': assign('statusCode'),
      'getStatus/0': (response) => response.status,
      'setStatus/1': assign('status'),
      'getHeaderKeys/0': (response) => new ApexList(STRING, response.headers.names())
    }
  }),
  new PlatformType('Http', {
    holds: Http,
    constructors: { 0: () => new Http() },
    methods: { 'send/1': send }
  }),
  new PlatformType('HttpCalloutMock')
];
