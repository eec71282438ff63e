/** Returns the names of a setting such as "Brand, Item Class": trimmed, each once, none empty. */
export function nameList(text) {
  const names = (text ?? '').split(',').map((name) => name.trim());
  return [...new Set(names)].filter(Boolean);
}
