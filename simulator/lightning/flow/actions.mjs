/** Apex actions as Flow Builder knows them, read from our classes. */
import fs from 'node:fs';
import path from 'node:path';

const METHOD =
  /@InvocableMethod\s*\(([\s\S]*?)\)\s*global\s+static\s+List<(\w+)>\s+\w+\(\s*List<(\w+)>/;
const VARIABLE = /@InvocableVariable(?:\(([\s\S]*?)\))?\s*global\s+([\w<>.]+)\s+(\w+)\s*;/g;
const ATTRIBUTE = /(\w+)=(?:'((?:[^'\\]|\\.)*)'|(\w+))/g;
const DATA_TYPES = { Boolean: 'Boolean', Decimal: 'Number', Integer: 'Number', String: 'String' };

/**
 * The actions of the classes below `directory`, by class name.
 * Shape: `{name, label, category, editor, inputs, outputs}`, the last two `[{name, label, dataType,
 * isCollection, apexClass, required}]`; `editor` is a component such as `c-send-data-editor`, or null.
 */
export function readActions(directory) {
  const entries = fs.existsSync(directory) ? fs.readdirSync(directory, { recursive: true }) : [];
  const found = entries
    .filter((entry) => entry.endsWith('.cls'))
    .map((entry) => actionIn(path.join(directory, entry)))
    .filter(Boolean);
  return new Map(found.map((action) => [action.name, action]));
}

function actionIn(file) {
  const source = fs.readFileSync(file, 'utf8');
  const method = source.match(METHOD);
  if (!method) return null;
  const [, annotation, resultType, requestType] = method;
  const { label, category, configurationEditor = null } = attributesOf(annotation);
  return {
    name: path.basename(file, '.cls'),
    label,
    category,
    editor: configurationEditor,
    inputs: variablesOf(source, requestType),
    outputs: variablesOf(source, resultType)
  };
}

/** The variables of an inner class, which ends where the next class or the action's method begins. */
function variablesOf(source, className) {
  const [, after] = source.split(new RegExp(`global class ${className} \\{`));
  const [body] = after.split(/global class |@InvocableMethod/);
  return [...body.matchAll(VARIABLE)].map(([, annotation = '', type, name]) => {
    const { label, required } = attributesOf(annotation);
    const [, element] = type.match(/^List<(\w+)>$/) ?? [null, type];
    return {
      name,
      label,
      dataType: DATA_TYPES[element] ?? 'Apex',
      apexClass: element in DATA_TYPES ? null : element,
      isCollection: element !== type,
      required: required === 'true'
    };
  });
}

function attributesOf(annotation) {
  const pairs = [...annotation.matchAll(ATTRIBUTE)];
  return Object.fromEntries(pairs.map(([, name, text, word]) => [name, text ?? word]));
}
