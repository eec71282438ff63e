/**
 * The app build: the shell of the page, and our component bundles as they stand in the project.
 *
 * What the vendor build offers stays outside and is found through the import map. Anything else
 * that cannot be resolved fails the build; rollup alone would leave a hole and exit with 0.
 */
import path from 'node:path';
import lwc from '@lwc/rollup-plugin';
import replace from '@rollup/plugin-replace';
import { rollup } from 'rollup';
import { platformModules } from '../../bridge/platform-modules.mjs';
import { userSettings } from '../../bridge/user.mjs';
import { readActions } from '../../flow/actions.mjs';
import { bundleNames, exposedComponents } from '../../org/component-bundles.mjs';
import { VENDOR_FILES } from './base-components.mjs';
import { shopProducts } from './shop-products.mjs';
import { BUILD_VALUES } from './vendor.mjs';

const BROWSER = path.resolve(import.meta.dirname, '../browser');
const BRIDGE = path.resolve(import.meta.dirname, '../../bridge');

/** Build `app.js` and `pictures-worker.js` into `directory`. Raises on anything unresolved. */
export async function buildApp(directory, project) {
  await bundle(path.join(BROWSER, 'main.js'), appPlugins(project), {
    file: path.join(directory, 'app.js'),
    format: 'esm'
  });
  await bundle(path.join(BROWSER, 'pictures/worker.js'), [shopProducts(project.root)], {
    file: path.join(directory, 'pictures-worker.js'),
    format: 'iife'
  });
}

async function bundle(input, plugins, output) {
  const external = [...VENDOR_FILES.keys()];
  const built = await rollup({ input, external, plugins, onwarn: failOnUnresolved });
  await built.write(output);
  await built.close();
}

function appPlugins(project) {
  const ours = bundleNames(project.components).map((name) => ({
    name: `c/${name}`,
    path: path.join(project.components, name, `${name}.js`)
  }));
  return [
    userSettings(),
    platformModules(project),
    placeableComponents(project),
    propertyEditors(project),
    replace({ preventAssignment: true, values: BUILD_VALUES }),
    lwc({
      rootDir: BROWSER,
      modules: [{ dir: path.join(BROWSER, 'lwc') }, { dir: path.join(BRIDGE, 'lwc') }, ...ours],
      exclude: [path.join(BROWSER, '*.js'), path.join(BRIDGE, 'modules/*.js')],
      enableDynamicComponents: true,
      apiVersion: project.apiVersion
    })
  ];
}

/** The module `placeable-components`: by name, the bundles an admin may place on a page. */
function placeableComponents(project) {
  const names = () => exposedComponents(project.components).map(({ name }) => [name, name]);
  return componentTable('placeable-components', names);
}

/** The module `property-editors`: by tag, the bundles that our Flow actions name as their editors. */
function propertyEditors(project) {
  return componentTable('property-editors', () => {
    const existing = bundleNames(project.components);
    const tags = [...readActions(project.classes).values()].map(({ editor }) => editor);
    return tags.map((tag) => [tag, bundleOf(tag)]).filter(([, name]) => existing.includes(name));
  });
}

/** The name of the bundle behind a tag: `c-send-data-editor` is `sendDataEditor`. */
function bundleOf(tag) {
  return tag?.replace(/^c-/, '').replace(/-(\w)/g, (_dash, letter) => letter.toUpperCase());
}

/** A module that exports components by key; `entries()` gives `[key, bundle]`. */
function componentTable(moduleName, entries) {
  return {
    name: moduleName,
    resolveId: (specifier) => (specifier === moduleName ? `\0${moduleName}` : null),
    load(id) {
      if (id !== `\0${moduleName}`) return null;
      const imports = entries().map(([, bundle]) => `import ${bundle} from 'c/${bundle}';`);
      const table = entries().map(([key, bundle]) => `'${key}': ${bundle}`);
      return `${imports.join('\n')}\nexport default { ${table.join(', ')} };`;
    }
  };
}

function failOnUnresolved(warning, show) {
  if (['UNRESOLVED_IMPORT', 'MISSING_EXPORT'].includes(warning.code)) {
    throw new Error(`Unknown component or module: ${warning.message}`);
  }
  if (!isTabsetRing(warning)) show(warning);
}

/** A tabset holds parts of a page, and a part may be a tabset: that ring is meant. */
function isTabsetRing({ code, ids = [] }) {
  return code === 'CIRCULAR_DEPENDENCY' && ids.some((id) => id.includes('/shell/tabset/'));
}
