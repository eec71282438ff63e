/**
 * Writes the package's sources for a namespace, for a managed package: node namespaced.mjs NAMESPACE FOLDER
 *
 * The platform completes the names of our own parts wherever it compiles them. Two kinds of text
 * are read at run time, by the platform itself, and are completed here: the property editor of a
 * Flow action, and the named credential of a callout. That nothing else needs it is what
 * tests/salesforce/checks/namespace.mjs looks for.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const NAMESPACE = /^[A-Za-z](?:[A-Za-z0-9]|_(?!_)){0,13}[A-Za-z0-9]?$/;
const TAKEN_ALONG = ['.forceignore', 'config'];
const NOT_DEPLOYED = new Set(['__tests__', 'jest-mocks']);

/** Copies a project's package to `folder`, completed for the namespace. */
export function writeNamespaced(root, folder, namespace) {
  if (!NAMESPACE.test(namespace)) throw new Error(`'${namespace}' is no namespace`);
  const settings = JSON.parse(readFileSync(path.join(root, 'sfdx-project.json'), 'utf8'));
  mkdirSync(folder, { recursive: true });
  for (const name of TAKEN_ALONG.filter((one) => existsSync(path.join(root, one)))) {
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  for (const { path: directory } of settings.packageDirectories) {
    cpSync(path.join(root, directory), path.join(folder, directory), {
      recursive: true,
      filter: (from) => !NOT_DEPLOYED.has(path.basename(from))
    });
    for (const file of apexFiles(path.join(folder, directory))) {
      writeFileSync(file, completed(readFileSync(file, 'utf8'), namespace));
    }
  }
  const named = JSON.stringify({ ...settings, namespace }, null, 2);
  writeFileSync(path.join(folder, 'sfdx-project.json'), `${named}\n`);
}

function completed(apex, namespace) {
  return apex
    .replace(/\bconfigurationEditor\s*=\s*'c-/gi, `configurationEditor='${namespace}-`)
    .replace(/'callout:(?=\w)/gi, `'callout:${namespace}__`);
}

function apexFiles(folder) {
  const found = readdirSync(folder, { recursive: true });
  return found.filter((name) => name.endsWith('.cls')).map((name) => path.join(folder, name));
}

if (import.meta.main) {
  const [namespace, folder] = process.argv.slice(2);
  if (!folder) {
    console.error('usage: node scripts/deploying/namespaced.mjs NAMESPACE FOLDER');
    process.exit(2);
  }
  writeNamespaced(ROOT, path.resolve(folder), namespace);
  console.log(`written to ${folder}`);
}
