/**
 * Returns why a component cannot even put its question, as {code, parameters}, or null.
 * `settings` are pairs of a label in App Builder and the value the administrator gave.
 */
export function unaskedReason(recordId, settings) {
  const missing = settings.filter(([, value]) => !value).map(([label]) => label);
  if (missing.length) {
    return { code: 'NOT_CONFIGURED', parameters: { settings: missing.join(', ') } };
  }
  return recordId ? null : { code: 'NO_RECORD' };
}
