/** Reasons for which nobody was asked; neither another choice of the reader nor waiting changes them. */
export const UNASKED = [
  'NOT_CONFIGURED',
  'NO_RECORD',
  'NO_IDENTIFIER',
  'NO_CONSENT',
  'NO_CONTACT',
  'NO_IDENTIFIER_OF_CONTACT',
  'CONTACT_NOT_VISIBLE',
  'FIELD_OF_CONTACT_NOT_VISIBLE',
  'COMPANY_ACCOUNT',
  'NO_CONTACTS'
];

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
