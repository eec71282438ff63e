/** Our Lightning component bundles, as their `js-meta.xml` describes them to App Builder. */
import fs from 'node:fs';
import path from 'node:path';
import { readMetadata } from './metadata.mjs';

/** Names of all bundles below `directory`, exposed or not. */
export function bundleNames(directory) {
  if (!fs.existsSync(directory)) return [];
  const folders = fs.readdirSync(directory, { withFileTypes: true });
  const isBundle = ({ name }) => fs.existsSync(path.join(directory, name, `${name}.js`));
  return folders.filter(isBundle).map(({ name }) => name);
}

/**
 * The bundles an admin may place on a page.
 * Shape: `[{name, targets, label, description, objects, properties: [{name, label, type, default,
 * datasource, required, description}]}]`; texts as written, absent ones null.
 */
export function exposedComponents(directory) {
  const described = bundleNames(directory).map((name) => describe(directory, name));
  return described.filter(({ isExposed, isPlaceable }) => isExposed && isPlaceable);
}

function describe(directory, name) {
  const file = path.join(directory, name, `${name}.js-meta.xml`);
  const { LightningComponentBundle: bundle } = readMetadata(file);
  const config = configOf(bundle);
  return {
    name,
    isExposed: bundle.isExposed === 'true',
    isPlaceable: Boolean(bundle.targets), // a property editor is exposed, and stands on no page
    targets: bundle.targets?.target ?? [],
    label: bundle.masterLabel ?? name,
    description: bundle.description ?? null,
    objects: config?.objects?.object ?? [],
    properties: (config?.property ?? []).map(describeProperty)
  };
}

/** That of record pages; of a component for other pages, the first one. */
function configOf({ targetConfigs }) {
  const configs = targetConfigs?.targetConfig ?? [];
  const isForRecords = (config) =>
    config['@targets'].split(/\s*,\s*/).includes('lightning__RecordPage');
  return configs.find(isForRecords) ?? configs[0];
}

function describeProperty(property) {
  const text = (name) => property[`@${name}`] ?? null;
  return {
    name: text('name'),
    label: text('label') ?? text('name'),
    type: text('type'),
    default: text('default'),
    datasource: text('datasource'),
    required: text('required') === 'true',
    description: text('description')
  };
}
