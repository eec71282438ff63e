/**
 * Pages place components that exist, on the pages and objects they are made for, with properties
 * they have. Standard components and templates cannot be looked up without an org: the ones in use
 * are listed here, with what a page can get wrong about them.
 */

/** Regions by template, as pages in public projects and the Metadata API guide have them. */
const TEMPLATES = new Map([
  ['flexipage:recordHomeTemplateDesktop', ['header', 'main', 'sidebar']],
  ['flexipage:recordHomeWithSubheaderTemplateDesktop', ['header', 'subheader', 'main', 'sidebar']],
  ['flexipage:recordHomeThreeColTemplateDesktop', ['leftsidebar', 'main', 'rightsidebar']],
  ['flexipage:defaultAppHomeTemplate', ['main']],
  ['home:desktopTemplate', ['top', 'bottomLeft', 'bottomRight', 'sidebar']]
]);
const STANDARD_COMPONENTS = new Set([
  'flexipage:column',
  'flexipage:fieldSection',
  'flexipage:richText',
  'flexipage:tab',
  'flexipage:tabset',
  'force:detailPanel',
  'force:highlightsPanel',
  'force:relatedListContainer',
  'force:relatedListSingleContainer',
  'forceChatter:recordFeedContainer',
  'lst:dynamicRelatedList',
  'runtime_sales_activities:activityPanel'
]);
/** Properties of standard components whose value is the name of a facet of the same page. */
const FACET_PROPERTIES = new Set(['body', 'tabs', 'columns']);

/** Target that a component needs to stand on a page of this type. */
const TARGETS = new Map([
  ['RecordPage', 'lightning__RecordPage'],
  ['AppPage', 'lightning__AppPage'],
  ['HomePage', 'lightning__HomePage']
]);

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* flexiPageFaults(inventory) {
  for (const { file, root } of inventory.project.documents('.flexipage-meta.xml')) {
    const faults = [...regionFaults(root), ...objectFaults(root, inventory)];
    for (const instance of root.within('componentInstance')) {
      faults.push(...instanceFaults(instance, root, inventory));
    }
    yield* faults.map((fault) => ({ file, ...fault }));
  }
}

function* regionFaults(root) {
  const template = root.first('template')?.value('name');
  const known = TEMPLATES.get(template);
  if (!known) yield fault(root, `template ${template} is not among those listed in this check`);
  const facets = new Set(facetUses(root));
  for (const region of root.all('flexiPageRegions')) {
    const name = region.value('name');
    const isFacet = region.value('type') === 'Facet';
    if (isFacet && !facets.has(name)) yield fault(region, `no component shows the facet ${name}`);
    if (!isFacet && known && !known.includes(name)) {
      yield fault(region, `${template} has no region ${name}, only ${known.join(', ')}`);
    }
  }
}

function facetUses(root) {
  return root
    .within('componentInstanceProperties')
    .filter((property) => FACET_PROPERTIES.has(property.value('name')))
    .map((property) => property.value('value'));
}

function* objectFaults(root, { objects }) {
  const object = root.first('sobjectType');
  if (object && !objects.has(object.text)) yield fault(object, `there is no object ${object.text}`);
  for (const item of root.within('fieldItem')) {
    const field = item.text.replace(/^Record\./, '');
    if (!object || objects.hasField(object.text, field)) continue;
    yield fault(item, `${object.text} has no field ${field}`);
  }
}

function* instanceFaults(instance, root, inventory) {
  const written = instance.value('componentName') ?? '';
  if (written.includes(':') && !written.startsWith('c:')) {
    yield* standardFaults(instance, written, root);
    return;
  }
  const component = inventory.components.get(written.replace(/^c:/, ''));
  if (!component?.root) yield fault(instance, `there is no component ${written}`);
  else yield* placementFaults(instance, root, component);
}

function* standardFaults(instance, name, root) {
  if (!STANDARD_COMPONENTS.has(name)) {
    yield fault(instance, `${name} is not among the standard components listed in this check`);
  }
  const facets = root.all('flexiPageRegions').map((region) => region.value('name'));
  for (const property of instance.all('componentInstanceProperties')) {
    if (!FACET_PROPERTIES.has(property.value('name'))) continue;
    if (!facets.includes(property.value('value'))) {
      yield fault(property, `this page has no facet ${property.value('value')}`);
    }
  }
}

function* placementFaults(instance, root, component) {
  const target = TARGETS.get(root.value('type'));
  const targets = component.root.first('targets')?.all('target') ?? [];
  const isPlaceable = component.root.value('isExposed') === 'true';
  if (!isPlaceable || !targets.some(({ text }) => text === target)) {
    yield fault(instance, `component ${component.name} is not exposed for ${target}`);
    return;
  }
  const config = configFor(component, target);
  const objects = config?.first('objects')?.all('object') ?? [];
  const shown = root.value('sobjectType');
  if (objects.length > 0 && !objects.some(({ text }) => text === shown)) {
    yield fault(instance, `component ${component.name} is not made for ${shown}`);
  }
  yield* valueFaults(instance, component, config?.all('property') ?? []);
}

function configFor({ root }, target) {
  const configs = root.first('targetConfigs')?.all('targetConfig') ?? [];
  return configs.find(({ attributes }) =>
    attributes.targets?.split(',').some((one) => one.trim() === target)
  );
}

function* valueFaults(instance, { name: component }, properties) {
  const given = instance.all('componentInstanceProperties');
  for (const property of given) {
    const name = property.value('name');
    const declared = properties.find(({ attributes }) => attributes.name === name);
    if (!declared) yield fault(property, `component ${component} has no property ${name}`);
    else yield* formFaults(property, declared.attributes);
  }
  for (const { attributes } of properties.filter((one) => one.attributes.required === 'true')) {
    const isGiven = given.some((one) => one.value('name') === attributes.name);
    if (!isGiven && attributes.default === undefined) {
      yield fault(instance, `component ${component} needs its property ${attributes.name}`);
    }
  }
}

function* formFaults(property, { name, type, min, max }) {
  const value = property.value('value') ?? '';
  if (type === 'Boolean' && !/^(true|false)$/.test(value)) {
    yield fault(property, `${name} must be true or false, not '${value}'`);
  }
  if (type !== 'Integer') return;
  if (!/^-?\d+$/.test(value) || Number(value) < Number(min) || Number(value) > Number(max)) {
    yield fault(property, `${name} must be a whole number within its min and max, not '${value}'`);
  }
}

function fault({ line }, message) {
  return { line, message };
}
