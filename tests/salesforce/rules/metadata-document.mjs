/** One metadata document held against the Metadata API's types. */

const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';

/** Required by the WSDL, absent in source format: the file's own place says it. */
const IMPLIED_BY_PLACE = new Set(['LightningComponentBundle.filePath']);

/** Their content has rules of its own (component-targets). */
const FREE_FORM = new Set(['LightningComponentBundle.targetConfigs']);

/** Letters a text may have where the WSDL says nothing; Metadata API guide, each type's fields. */
const MOST_LETTERS = {
  'PermissionSet.description': 255,
  'PermissionSetGroup.description': 255
};

const FORMS = {
  boolean: /^(true|false)$/,
  number: /^-?\d+(\.\d+)?$/
};

/**
 * Faults of a document as `{ line, message }`.
 * @param {import('../reading/xml.mjs').Element} root
 * @param {import('../reading/metadata-types.mjs').MetadataTypes} types
 */
export function* documentFaults(root, types) {
  if (root.attributes.xmlns !== NAMESPACE) {
    yield fault(root, `<${root.tag}> needs xmlns="${NAMESPACE}"`);
  }
  if (types.elementsOf(root.tag)) yield* elementFaults(root, root.tag, types);
  else yield fault(root, `${root.tag} is no metadata type`);
}

function* elementFaults(element, typeName, types) {
  const known = types.elementsOf(typeName);
  const seen = new Set();
  for (const child of element.children) {
    const shape = known.get(child.tag);
    if (!shape) yield fault(child, `${typeName} has no element <${child.tag}>`);
    else if (seen.has(child.tag) && !shape.many) yield fault(child, `<${child.tag}> stands twice`);
    if (shape && !FREE_FORM.has(`${typeName}.${child.tag}`)) {
      yield* contentFaults(child, shape, types);
      yield* lengthFaults(child, MOST_LETTERS[`${typeName}.${child.tag}`]);
    }
    seen.add(child.tag);
  }
  yield* missingFaults(element, typeName, known, seen);
}

function* missingFaults(element, typeName, known, seen) {
  for (const [tag, { optional, many }] of known) {
    if (optional || many || seen.has(tag) || IMPLIED_BY_PLACE.has(`${typeName}.${tag}`)) continue;
    yield fault(element, `<${element.tag}> lacks <${tag}>, which ${typeName} requires`);
  }
}

function* contentFaults(element, shape, types) {
  const values = shape.values ?? types.valuesOf(shape.name);
  if (values) {
    yield* valueFaults(element, values);
  } else if (types.has(shape.name)) {
    yield* elementFaults(element, shape.name, types);
  } else if (element.children.length > 0 && shape.name !== 'any') {
    yield fault(element, `<${element.tag}> holds text, not elements`);
  } else if (FORMS[shape.name] && !FORMS[shape.name].test(element.text)) {
    yield fault(element, `'${element.text}' is no ${shape.name}, as <${element.tag}> must be`);
  }
}

function* lengthFaults(element, most = Infinity) {
  if (element.text.length <= most) return;
  yield fault(element, `<${element.tag}> has ${element.text.length} of at most ${most} letters`);
}

function* valueFaults(element, values) {
  if (values.includes(element.text)) return;
  const shown = values.slice(0, 8).join(', ') + (values.length > 8 ? ', ...' : '');
  yield fault(element, `<${element.tag}> may be ${shown}, not '${element.text}'`);
}

function fault({ line }, message) {
  return { line, message };
}
