const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character form of an id; the suffix says which of the 15 characters are upper case. */
export function longId(id) {
  if (id.length === 18) return id;
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].map((each) => /[A-Z]/.test(each));
    return CHECKSUM[bits.reduce((sum, isUpper, place) => sum + (isUpper ? 2 ** place : 0), 0)];
  });
  return id + suffix.join('');
}

export function isId(text) {
  return /^([a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/.test(text);
}

/** The id of the n-th record of an object, with `prefix` its three-letter key prefix. */
export function numberedId(prefix, number) {
  return longId(prefix + String(number).padStart(12, '0'));
}
