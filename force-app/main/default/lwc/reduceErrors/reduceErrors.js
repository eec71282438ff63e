const UNKNOWN = 'UNKNOWN';

/**
 * Returns any error of the platform as {code, message, correlationId}.
 *
 * Our own controllers throw AuraHandledException whose message is that very object as JSON.
 * Everything else (network, session, missing access, Lightning Data Service) keeps its text and
 * gets the platform's error code, or UNKNOWN. `message` may be empty, `correlationId` may be null.
 */
export function reduceErrors(error) {
  const { message, errorCode } = firstBody(error);
  const own = ownFault(message);
  return {
    code: own?.code ?? errorCode ?? UNKNOWN,
    message: own ? (own.message ?? '') : (message ?? ''),
    correlationId: own?.correlationId ?? null
  };
}

function firstBody(error) {
  const body = error?.body ?? error;
  if (typeof body === 'string') {
    return { message: body };
  }
  const first = Array.isArray(body) ? body[0] : body;
  return first ?? {};
}

function ownFault(message) {
  try {
    const fault = JSON.parse(message);
    return typeof fault?.code === 'string' ? fault : null;
  } catch {
    return null; // not JSON: a sentence of the platform
  }
}
