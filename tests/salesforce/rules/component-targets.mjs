/**
 * The body of `<targetConfigs>`, which the Metadata API's types call plain text.
 * Source: Lightning Web Components Developer Guide, "XML Configuration File Elements".
 */

const TARGETS = new Set([
  'lightning__AppPage',
  'lightning__HomePage',
  'lightning__RecordPage',
  'lightning__RecordAction',
  'lightning__Tab',
  'lightning__UtilityBar',
  'lightning__FlowScreen',
  'lightning__UrlAddressable',
  'lightningCommunity__Page',
  'lightningCommunity__Default'
]);
const CHILDREN = new Set([
  'property',
  'objects',
  'supportedFormFactors',
  'propertyType',
  'actionType',
  'hasStep'
]);
const ATTRIBUTES = new Set([
  'name',
  'type',
  'label',
  'description',
  'default',
  'required',
  'placeholder',
  'datasource',
  'min',
  'max',
  'role',
  'exposedTo'
]);
/** Forms of a property's default, by its type on a page; Flow screens know further types. */
const PAGE_TYPES = new Map([
  ['String', /^/],
  ['Integer', /^-?\d+$/],
  ['Boolean', /^(true|false)$/],
  ['Color', /^#[0-9a-f]{3,8}$/i]
]);
const FLOW_TARGET = 'lightning__FlowScreen';

/**
 * Faults of a component's configuration as `{ line, message }`.
 * @param {import('../reading/xml.mjs').Element} root LightningComponentBundle
 * @param {{ isEditor: boolean }} use whether a Flow action names it as its property editor
 */
export function* targetFaults(root, { isEditor }) {
  const written = root.first('targets')?.all('target') ?? [];
  for (const target of written) {
    if (!TARGETS.has(target.text)) yield fault(target, `there is no target ${target.text}`);
  }
  const targets = written.map((target) => target.text);
  yield* exposureFaults(root, targets, isEditor);
  for (const config of root.first('targetConfigs')?.children ?? []) {
    if (config.tag !== 'targetConfig') yield fault(config, `<${config.tag}> is no <targetConfig>`);
    else yield* configFaults(config, targets);
  }
}

/** A property editor is exposed to Flow Builder without being made for any page. */
function* exposureFaults(root, targets, isEditor) {
  if (root.value('isExposed') !== 'true') return;
  if (targets.length === 0 && !isEditor) yield fault(root, 'an exposed component needs <targets>');
  if (!root.value('masterLabel')) yield fault(root, 'an exposed component needs a <masterLabel>');
}

function* configFaults(config, targets) {
  const named = (config.attributes.targets ?? '').split(',').map((target) => target.trim());
  for (const target of named.filter((one) => !targets.includes(one))) {
    yield fault(config, `targets="${target}" is not among this component's <targets>`);
  }
  for (const child of config.children) {
    if (!CHILDREN.has(child.tag))
      yield fault(child, `<targetConfig> has no element <${child.tag}>`);
  }
  if (config.first('objects') && !named.includes('lightning__RecordPage')) {
    yield fault(config.first('objects'), '<objects> is for lightning__RecordPage');
  }
  yield* formFactorFaults(config);
  yield* propertyListFaults(config.all('property'), named.includes(FLOW_TARGET));
}

function* formFactorFaults(config) {
  for (const factor of config.within('supportedFormFactor')) {
    if (['Small', 'Large'].includes(factor.attributes.type)) continue;
    yield fault(factor, `a form factor is Small or Large, not '${factor.attributes.type}'`);
  }
}

function* propertyListFaults(properties, inFlow) {
  const seen = new Set();
  for (const property of properties) {
    const { name } = property.attributes;
    if (seen.has(name)) yield fault(property, `property ${name} stands twice`);
    seen.add(name);
    yield* propertyFaults(property, inFlow);
  }
}

function* propertyFaults(property, inFlow) {
  const { name, type, label } = property.attributes;
  for (const attribute of Object.keys(property.attributes)) {
    if (!ATTRIBUTES.has(attribute)) yield fault(property, `<property> has no ${attribute}="..."`);
  }
  if (!/^[a-z][A-Za-z0-9]*$/.test(name ?? '')) {
    yield fault(property, `property '${name}' needs a name in camelCase`);
  }
  if (!label) yield fault(property, `property ${name} needs a label`);
  if (!PAGE_TYPES.has(type) && !inFlow) {
    yield fault(
      property,
      `property ${name}: ${type} is none of ${[...PAGE_TYPES.keys()].join(', ')}`
    );
    return;
  }
  yield* valueFaults(property);
}

function* valueFaults(property) {
  const { name, type, min, max, datasource } = property.attributes;
  const value = property.attributes.default;
  const form = PAGE_TYPES.get(type);
  if (value !== undefined && form && !form.test(value)) {
    yield fault(property, `property ${name}: default '${value}' is no ${type}`);
  }
  if (type === 'Integer' && (Number(value) < Number(min) || Number(value) > Number(max))) {
    yield fault(property, `property ${name}: default ${value} is outside min and max`);
  }
  if (type !== 'Integer' && (min ?? max) !== undefined) {
    yield fault(property, `property ${name}: min and max are for Integer`);
  }
  if (datasource !== undefined && type !== 'String') {
    yield fault(property, `property ${name}: a datasource is for String`);
  }
}

function fault({ line }, message) {
  return { line, message };
}
