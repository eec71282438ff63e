/**
 * An Apex type as the compiler resolved it: `{name: 'Map', key: 'map', args: [type, type]}`.
 * `name` is the full name as declared (`PersonalizationClient.Item`), `key` the same in lower case.
 */
export function apexType(name, ...args) {
  return { name, key: name.toLowerCase(), args };
}

export const OBJECT = apexType('Object');
export const STRING = apexType('String');

/** `Map<String, List<Item>>`, as messages show a type. */
export function typeText({ name, args }) {
  return args.length ? `${name}<${args.map(typeText).join(', ')}>` : name;
}
