/**
 * Rollup plugin: the modules that only the platform has, given local stand-ins.
 *
 * It stands first in the list of plugins, after the user's own settings. What it does not know fails the build, with the name of
 * what asked for it: a component must not work here and break in an org.
 */
import path from 'node:path';
import { readApexMethods } from './apex-methods.mjs';
import { readCustomPermissions } from './custom-permissions.mjs';
import { readLabels } from './labels.mjs';
import { USER_ID } from './user.mjs';

const MODULES = path.join(import.meta.dirname, 'modules');
const BASE_COMPONENTS = path.resolve(
  import.meta.dirname,
  '../node_modules/lightning-base-components'
);
const VIRTUAL = '\0platform:';

const FILES = new Map([
  ['@salesforce/apex', 'apex.js'],
  ['lightning/navigation', 'navigation.js'],
  ['lightning/platformShowToastEvent', 'toast.js'],
  ['lightning/uiRecordApi', 'uiRecordApi.js']
]);

/** @param project what `salesforceProject()` returns. */
export function platformModules(project) {
  const sources = virtualSources(project);
  return {
    name: 'platform-modules',
    resolveId(specifier, importer) {
      if (FILES.has(specifier)) return path.join(MODULES, FILES.get(specifier));
      if (!specifier.startsWith('@salesforce/')) return null;
      if (isUserSetting(specifier)) return userSettingFile(specifier);
      if (sources.some(([pattern]) => pattern.test(specifier))) return VIRTUAL + specifier;
      return this.error(`${importer}: no local stand-in for ${specifier}`);
    },
    load(id) {
      if (!id.startsWith(VIRTUAL)) return null;
      const specifier = id.slice(VIRTUAL.length);
      const [pattern, source] = sources.find(([candidate]) => candidate.test(specifier));
      try {
        return source(...specifier.match(pattern).slice(1));
      } catch (problem) {
        return this.error(problem.message);
      }
    }
  };
}

/** Specifier patterns, and the module each stands for, written from the pattern's groups. */
function virtualSources(project) {
  const labels = readLabels(project.labels);
  const methods = readApexMethods(project.classes);
  const permissions = readCustomPermissions(project.customPermissions);
  return [
    [/^@salesforce\/apex\/(?:\w+\.)?(\w+\.\w+)$/, (name) => apexModule(methods, name)],
    [/^@salesforce\/label\/c\.(\w+)$/, (name) => exported(known(labels, name, 'custom label'))],
    [/^@salesforce\/schema\/(\w+)$/, (objectApiName) => exported({ objectApiName })],
    [
      /^@salesforce\/schema\/(\w+)\.([\w.]+)$/,
      (objectApiName, fieldApiName) => exported({ fieldApiName, objectApiName })
    ],
    [/^@salesforce\/customPermission\/(\w+)$/, (name) => permissionModule(permissions, name)],
    [/^@salesforce\/user\/Id$/, () => exported(USER_ID)],
    [/^@salesforce\/user\/isGuest$/, () => exported(false)]
  ];
}

function apexModule(methods, qualifiedName) {
  const { isCacheable } = known(methods, qualifiedName, '@AuraEnabled static Apex method');
  const [className, methodName] = qualifiedName.split('.');
  const file = JSON.stringify(path.join(MODULES, 'apex-method.js'));
  return `import { apexMethod } from ${file};
export default apexMethod('${className}', '${methodName}', ${isCacheable});`;
}

/** True or undefined, as on the platform; what the user has is known when the page opens. */
function permissionModule(permissions, name) {
  known(permissions, name, 'custom permission');
  const file = JSON.stringify(path.join(MODULES, 'custom-permissions.js'));
  return `import { customPermissions } from ${file};
export default customPermissions.has('${name}') || undefined;`;
}

function known(map, name, kind) {
  if (!map.has(name)) throw new Error(`Unknown ${kind}: ${name}`);
  return map.get(name);
}

function exported(value) {
  return `export default ${JSON.stringify(value)};`;
}

function isUserSetting(specifier) {
  return /^@salesforce\/(i18n|client)\//.test(specifier);
}

/** Number formats and the like: the base components bring one user's values; ours read the same. */
function userSettingFile(specifier) {
  return path.join(BASE_COMPONENTS, 'scopedImports', `${specifier.replaceAll('/', '-')}.js`);
}
