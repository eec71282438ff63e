import { safeUrl } from 'c/safeUrl';

/**
 * Returns an administrator's address with {name} replaced by `values`, escaped, or null when the
 * outcome is no https address. A name without a value becomes nothing.
 */
export function filledAddress(address, values) {
  if (typeof address !== 'string') {
    return null;
  }
  const filled = address.replace(/\{(\w+)\}/g, (place, name) =>
    encodeURIComponent(values[name] ?? '')
  );
  return safeUrl(filled);
}
