const LONGEST = 2048; // characters; what browsers and proxies agree on
const NEVER_IN_AN_ADDRESS = /[\p{Cc}\p{Cf}\s\\]/u; // control and invisible characters, space, backslash

/**
 * Returns `text` as a normalised https address, or null when it is anything else: another scheme,
 * a relative or protocol-relative address, one with user info, spaces, or characters that a reader
 * cannot see. Which hosts are allowed is the service's decision; it has made it before.
 */
export function safeUrl(text) {
  if (typeof text !== 'string' || text.length > LONGEST) {
    return null;
  }
  if (!/^https:\/\//i.test(text) || NEVER_IN_AN_ADDRESS.test(text)) {
    return null;
  }
  const url = parsed(text);
  return url && !url.username && !url.password ? url.href : null;
}

function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
