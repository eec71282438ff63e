/**
 * What would stop working in a package with a namespace. There the platform completes the names of
 * our own parts wherever it compiles them; in text that is read at run time it cannot.
 * Sources: LWC guide, "Custom Property Editor for an Invocable Action" (`configurationEditor`);
 * "Component Namespaces"; Apex Developer Guide, "Namespace Prefix"; Named Credentials guide,
 * "Package Named Credentials".
 */
import path from 'node:path';
import ts from 'typescript';
import { lineOf, nodes } from '../reading/apex.mjs';
import { lineFinder } from '../reading/xml.mjs';
import { namedEditors } from './property-editors.mjs';

const CUSTOM = /\b\w+__(?:c|r|mdt|e)\b/g;
const TAG = /(?:^|[\s,>+~(])c-[a-z]/;
const CALLOUT = /^callout:(\w*)/i;
const SELECTOR = /(?:^|[\s,>+~{}])(c-[a-z][\w-]*)/gm;
const OBJECTS = ['.object-meta.xml', '.field-meta.xml'];
/** What code could ask for by name; permission sets are missing, as their `Name` has no prefix. */
const PLACES = [
  ['.flow-meta.xml', 'a Flow'],
  ['.flexipage-meta.xml', 'a page'],
  ['.tab-meta.xml', 'a tab'],
  ['.customPermission-meta.xml', 'a custom permission'],
  ['.externalCredential-meta.xml', 'an external credential'],
  ['.namedCredential-meta.xml', 'a named credential']
];

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* namespaceFaults(inventory) {
  const prefix = inventory.project.settings.namespace || '';
  const names = ownNames(inventory.project);
  yield* editorFaults(inventory, prefix);
  yield* apexFaults(inventory, prefix, names);
  yield* scriptFaults(inventory, names);
  yield* styleFaults(inventory.project);
  yield* metadataFaults(inventory.project, prefix);
}

/** What of ours code could look up by name at run time. */
function ownNames(project) {
  const named = (suffix) =>
    project.metadataFiles(suffix).map((file) => path.posix.basename(file, suffix));
  const custom = OBJECTS.flatMap(named).filter((name) => /__\w+$/.test(name));
  const relationships = custom.map((name) => name.replace(/__c$/, '__r'));
  const places = PLACES.flatMap(([suffix, what]) => named(suffix).map((name) => [name, what]));
  return { custom: new Set([...custom, ...relationships]), places: new Map(places) };
}

function* editorFaults({ apexFiles }, prefix) {
  const wanted = `${prefix || 'c'}-`;
  for (const { tag, file, line } of namedEditors(apexFiles)) {
    if (!tag.startsWith(wanted)) {
      yield {
        file,
        line,
        message: `${tag} must begin with ${wanted}: Flow Builder completes no name`
      };
    }
  }
}

function* apexFaults({ apexFiles }, prefix, names) {
  for (const { file, tree } of apexFiles) {
    for (const literal of nodes(tree, 'LiteralContext')) {
      const written = literal.getText();
      const text = written.startsWith("'") ? written.slice(1, -1) : '';
      const message = calloutFault(text, prefix) ?? textFault(text, names);
      if (message) yield { file, line: lineOf(literal), message };
    }
  }
}

function calloutFault(text, prefix) {
  const name = CALLOUT.exec(text)?.[1];
  if (name === undefined) return undefined;
  if (name === '') return "write 'callout:Name' in one piece: a name put together gets no prefix";
  const isPrefixed = name.startsWith(`${prefix}__`);
  if (prefix ? isPrefixed : !name.includes('__')) return undefined;
  return prefix ? `${name} must begin with ${prefix}__` : `${name} has a prefix of its own`;
}

function textFault(text, { custom: ours, places }) {
  const custom = text.match(CUSTOM)?.find((name) => ours.has(name));
  if (custom) return `${custom} as text gets no prefix: use its token`;
  const place = places.get(text);
  return place && `${text}, the name of ${place}, as text gets no prefix: let it be configured`;
}

function* scriptFaults({ components }, names) {
  for (const { name, folder, script } of components.values()) {
    for (const node of script?.nodes() ?? []) {
      const isText = ts.isStringLiteralLike(node) || ts.isIdentifier(node);
      const message = isText && literalFault(node, names);
      if (message) yield { file: `${folder}/${name}.js`, line: script.lineOf(node), message };
    }
  }
}

function literalFault(node, names) {
  const isModule = node.parent.moduleSpecifier === node;
  if (isModule) return undefined;
  if (TAG.test(node.text)) return `'${node.text}' names a tag: under a namespace it is another one`;
  if (node.text.startsWith('c__')) return `${node.text}: a state of pages has the package's prefix`;
  return textFault(node.text, names);
}

function* styleFaults(project) {
  for (const file of project.metadataFiles('.css')) {
    const text = project.text(file);
    const lineAt = lineFinder(text);
    for (const { index, 0: found, 1: tag } of text.matchAll(SELECTOR)) {
      const line = lineAt(index + found.indexOf(tag));
      yield { file, line, message: `${tag} names a tag: under a namespace it is another one` };
    }
  }
}

const IN_METADATA = [
  [/<componentName>(c:\w+)</g, (name) => `${name}: leave the prefix away`],
  [/\bapex:\/\/(\w+\.\w+)/g, (name) => `apex://${name}: leave the prefix away`],
  [/\$Label\.(c\.\w+)/g, (name) => `$Label.${name}: leave the prefix away`],
  [/\b(c__\w+)\b/g, (name) => `${name}: leave the prefix away`]
];

function* metadataFaults(project, prefix) {
  for (const file of project.metadataFiles('-meta.xml')) {
    const text = project.text(file);
    const lineAt = lineFinder(text);
    for (const [pattern, message] of [...IN_METADATA, foreignNames(prefix)]) {
      for (const { index, 0: found, 1: name } of text.matchAll(pattern)) {
        yield { file, line: lineAt(index + found.indexOf(name)), message: message(name) };
      }
    }
  }
}

/** `xy__Name__c`: a name of another package, or ours with a prefix that it must not carry. */
function foreignNames(prefix) {
  return [
    /\b([A-Za-z]\w*?__\w+?__(?:c|r|mdt|e))\b/g,
    (name) =>
      name.startsWith(`${prefix}__`) && prefix
        ? `${name}: leave the prefix away`
        : `${name} belongs to another package`
  ];
}
