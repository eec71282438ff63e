/** Returns what names one click: 32 hexadecimal digits, so that the same click happens once. */
export function newKey() {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return [...parts].map((part) => part.toString(16).padStart(8, '0')).join('');
}
