/** What components import, place in their templates and offer to page editors exists. */

/** Attributes that every element takes; `on...`, `data-...` and `aria-...` come on top. */
const EVERYWHERE = new Set([
  'class',
  'dir',
  'draggable',
  'hidden',
  'id',
  'key',
  'lang',
  'part',
  'role',
  'slot',
  'spellcheck',
  'style',
  'tabindex',
  'title'
]);
const EVERYWHERE_PREFIX = /^(on|data-|aria-|lwc:|for:|iterator:|if:)/;

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* componentFaults(inventory) {
  for (const component of inventory.components.values()) {
    const { folder, name } = component;
    yield* inFile(`${folder}/${name}.js`, importFaults(component, inventory));
    yield* inFile(`${folder}/${name}.html`, templateFaults(component, inventory));
    yield* inFile(`${folder}/${name}.js-meta.xml`, configurationFaults(component, inventory));
  }
}

function* inFile(file, faults) {
  for (const fault of faults) yield { file, ...fault };
}

function* importFaults({ script }, { components, objects }) {
  for (const { module, line } of script?.imports ?? []) {
    const [, kind, name] = /^(c|@salesforce\/schema)\/(.+)$/.exec(module) ?? [];
    if (kind === 'c' && !components.has(name))
      yield { line, message: `there is no module ${module}` };
    if (kind === '@salesforce/schema') yield* schemaFaults(name, line, objects);
  }
}

function* schemaFaults(name, line, objects) {
  const [object, ...path] = name.split('.');
  if (!objects.has(object)) yield { line, message: `there is no object ${object}` };
  else if (path.length === 1 && !objects.hasField(object, path[0])) {
    yield { line, message: `${object} has no field ${path[0]}` };
  }
}

function* templateFaults({ tags }, { components }) {
  for (const { tag, line, attributes } of tags.filter((one) => one.tag.startsWith('c-'))) {
    const component = components.get(camelCase(tag.slice('c-'.length)));
    if (component) yield* attributeFaults(component, attributes, line);
    else yield { line, message: `there is no component <${tag}>` };
  }
}

/** An attribute that the child does not offer is dropped without a word at run time. */
function* attributeFaults({ name, script }, attributes, line) {
  if (!script || script.inherits) return;
  const offered = script.publicMembers;
  for (const attribute of attributes.keys()) {
    if (EVERYWHERE.has(attribute) || EVERYWHERE_PREFIX.test(attribute)) continue;
    if (!offered.has(camelCase(attribute))) {
      yield { line, message: `component ${name} has no @api ${camelCase(attribute)}` };
    }
  }
}

function camelCase(name) {
  return name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

function* configurationFaults({ name, root, script }, inventory) {
  for (const { line, attributes } of root?.within('property') ?? []) {
    if (script && !script.inherits && !script.publicMembers.has(attributes.name)) {
      yield { line, message: `${name}.js has no @api ${attributes.name}` };
    }
    yield* datasourceFaults(attributes.datasource, line, inventory);
  }
  for (const { line, text } of root?.within('object') ?? []) {
    if (!inventory.objects.has(text)) yield { line, message: `there is no object ${text}` };
  }
}

function* datasourceFaults(datasource, line, inventory) {
  const className = /^apex:\/\/(\w+)$/.exec(datasource ?? '')?.[1];
  if (!className) return;
  const parent = inventory.apexClass(className)?.node.typeRef()?.getText();
  if (parent?.toLowerCase() !== 'visualeditor.dynamicpicklist') {
    yield { line, message: `no class ${className} extends VisualEditor.DynamicPickList` };
  }
}
