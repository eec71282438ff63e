/**
 * The vendor build: the Lightning Web Components engine and the base components, one file each.
 *
 * It takes about half a minute, which is why it stands apart from our own code and is built once.
 */
import fs from 'node:fs';
import path from 'node:path';
import lwc from '@lwc/rollup-plugin';
import resolve from '@rollup/plugin-node-resolve';
import replace from '@rollup/plugin-replace';
import { rollup } from 'rollup';
import { userSettings } from '../../bridge/user.mjs';
import { VENDOR_FILES } from './base-components.mjs';

const LIGHTNING = path.resolve(import.meta.dirname, '../..');

/** Values that the base components read at build time; without SSR the page dies at its first import. */
export const BUILD_VALUES = {
  'process.env.NODE_ENV': JSON.stringify('development'),
  'import.meta.env.SSR': 'false'
};

/** Build the vendor files into `directory`. Raises what rollup raises; nothing is written then. */
export async function buildVendor(directory) {
  const entries = writeEntries(path.join(directory, '.entries'));
  const bundle = await rollup({
    input: entries,
    plugins: vendorPlugins(),
    onwarn: failOnUnresolved
  });
  await bundle.write({
    dir: directory,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js'
  });
  await bundle.close();
  fs.rmSync(path.join(directory, '.entries'), { recursive: true });
}

/** A bare `lightning/x` cannot be an entry of rollup, so each gets a small file that re-exports it. */
function writeEntries(directory) {
  const entries = {};
  for (const [specifier, file] of VENDOR_FILES) {
    const entryFile = path.join(directory, file);
    fs.mkdirSync(path.dirname(entryFile), { recursive: true });
    fs.writeFileSync(entryFile, reExport(specifier));
    entries[file.replace(/\.js$/, '')] = entryFile;
  }
  return entries;
}

function reExport(specifier) {
  if (specifier === '@lwc/synthetic-shadow') return `import '${specifier}';\n`;
  if (specifier === 'lwc') return `export * from 'lwc';\n`;
  return `export * from '${specifier}';\nexport { default } from '${specifier}';\n`;
}

function vendorPlugins() {
  return [
    userSettings(),
    replace({ preventAssignment: true, values: BUILD_VALUES }),
    lwc({
      rootDir: LIGHTNING,
      modules: [{ npm: 'lightning-base-components' }],
      enableDynamicComponents: true
    }),
    resolve({ browser: true, modulePaths: [path.join(LIGHTNING, 'node_modules')] })
  ];
}

/** The base components warn a lot about themselves; only a module that is missing matters here. */
function failOnUnresolved(warning) {
  if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message);
}
