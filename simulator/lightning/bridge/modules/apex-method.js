/**
 * What `import method from '@salesforce/apex/Class.method'` gives: a function to call, and the
 * adapter that `@wire(method, {...})` uses. The call goes to the page's server, which runs our Apex.
 */
import { SharedAnswers, deepFreeze } from './answers.js';
import { wireAdapter } from './wire-adapter.js';

const cachedAnswers = new SharedAnswers(({ className, methodName, params }) =>
  callApex(className, methodName, params)
);

/** @param isCacheable what the class says: `@AuraEnabled(cacheable=true)`. */
export function apexMethod(className, methodName, isCacheable) {
  const answerTo = (params) => cachedAnswers.to({ className, methodName, params });
  const call = isCacheable
    ? (params = {}) => answerTo(params).value()
    : (params = {}) => callApex(className, methodName, params);
  call.adapter = isCacheable ? wireAdapter(answerTo) : refusedAdapter(className, methodName);
  return call;
}

async function callApex(className, methodName, params) {
  const response = await fetch(`/apex/${className}/${methodName}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(params)
  });
  if (!response.ok) throw platformError(response.status, response.statusText, {});
  const outcome = await response.json();
  if (!outcome.ok) throw platformError(500, 'Server Error', outcome.error);
  return outcome.value ?? null;
}

/**
 * The error a component sees when Apex throws.
 * Source: LWC guide, "Handle Errors in Lightning Web Components" (FetchResponse).
 */
function platformError(status, statusText, { message, exceptionType, stackTrace }) {
  const body = {
    message: message ?? statusText,
    exceptionType: exceptionType ?? null,
    isUserDefinedException: false,
    stackTrace: stackTrace ?? null
  };
  return deepFreeze({
    ok: false,
    status,
    statusText,
    errorType: 'fetchResponse',
    headers: {},
    body
  });
}

/** The platform refuses to wire a method that is not cacheable; the page must not be kinder. */
function refusedAdapter(className, methodName) {
  const message = `${className}.${methodName} is wired but is not @AuraEnabled(cacheable=true).`;
  return class {
    constructor(emit) {
      emit({ data: undefined, error: platformError(400, 'Bad Request', { message }) });
    }
    connect() {}
    update() {}
    disconnect() {}
  };
}
