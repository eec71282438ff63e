/** Texts of metadata turned into the values that App Builder hands to a component. */

const CONVERSIONS = {
  String: (text) => text,
  Color: (text) => text,
  Boolean: (text) => booleanFrom(text),
  Integer: (text) => integerFrom(text)
};

/**
 * The values to set on a component: what the page sets, else the default of its `js-meta.xml`.
 *
 * @param component one of `exposedComponents()`.
 * @param texts `{propertyName: text}` from the page's metadata.
 * Raises: Error when the page sets a property the component does not have, or a wrong value.
 */
export function propertyValues(component, texts) {
  refuseUnknown(component, texts);
  const values = {};
  for (const property of component.properties) {
    const text = texts[property.name] ?? property.default;
    if (text !== null && text !== '') values[property.name] = convert(component, property, text);
  }
  return values;
}

function refuseUnknown(component, texts) {
  const names = new Set(component.properties.map(({ name }) => name));
  const unknown = Object.keys(texts).find((name) => !names.has(name));
  if (unknown) throw new Error(`${component.name} has no property ${unknown}`);
}

function convert(component, { name, type }, text) {
  try {
    if (!(type in CONVERSIONS)) throw new Error(`type ${type} is not known here`);
    return CONVERSIONS[type](text);
  } catch (problem) {
    throw new Error(`${component.name}.${name}: ${problem.message}`, { cause: problem });
  }
}

function booleanFrom(text) {
  if (text !== 'true' && text !== 'false') throw new Error(`"${text}" is not a Boolean`);
  return text === 'true';
}

function integerFrom(text) {
  if (!/^-?\d+$/.test(text)) throw new Error(`"${text}" is not an Integer`);
  return Number(text);
}
