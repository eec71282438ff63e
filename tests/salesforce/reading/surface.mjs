/**
 * What others hold on to once the package is installed: their pages, Flows, Apex, reports and users
 * name these. Each part by its name, with its type and whether it must be given.
 */
import { annotation, classesOf, membersOf } from './apex.mjs';

/** @typedef {{ type: string, required: boolean, place: { file: string, line: number } }} Part */

/** @param {import('./inventory.mjs').Inventory} inventory @returns {Map<string, Part>} */
export function surfaceOf(inventory) {
  const parts = [
    ...globalApex(inventory),
    ...components(inventory),
    ...fieldsAndValues(inventory.project),
    ...named(inventory.project),
    ...principals(inventory)
  ];
  return new Map(
    parts.map(({ name, type, required = false, ...place }) => [
      name,
      { type, required, place: { line: 1, ...place } }
    ])
  );
}

function* globalApex({ apexFiles }) {
  for (const apexFile of apexFiles) {
    const [outer, ...inner] = classesOf(apexFile);
    for (const one of [outer, ...inner].filter(isGlobal)) {
      const name = one === outer ? outer.name : `${outer.name}.${one.name}`;
      yield { name: `class ${name}`, type: 'global class', file: apexFile.file, line: one.line };
      for (const member of membersOf(one).filter(isGlobal)) {
        yield { ...memberPart(name, member), file: apexFile.file, line: member.line };
      }
    }
  }
}

function isGlobal(one) {
  return Boolean(one) && one.modifiers.includes('global');
}

function memberPart(className, member) {
  const given = member.parameters?.map(({ type }) => type).join(', ');
  const name = `${className}.${member.name}${given === undefined ? '' : `(${given})`}`;
  const required = annotation(member, 'invocablevariable')?.values.get('required') === 'true';
  return { name: `member ${name}`, type: member.type, required };
}

function* components({ components: all }) {
  for (const { name, folder, root } of all.values()) {
    if (root?.value('isExposed') !== 'true') continue;
    const file = `${folder}/${name}.js-meta.xml`;
    yield { name: `component ${name}`, type: 'exposed', file, line: root.line };
    for (const target of root.within('target')) {
      yield { name: `target ${name} on ${target.text}`, type: 'target', file, line: target.line };
    }
    for (const object of root.within('object')) {
      yield { name: `object ${name} on ${object.text}`, type: 'object', file, line: object.line };
    }
    for (const property of root.within('property')) {
      const { name: its, type, required } = property.attributes;
      yield {
        name: `property ${name}.${its}`,
        type,
        required: required === 'true',
        file,
        line: property.line
      };
    }
  }
}

function* fieldsAndValues(project) {
  for (const { file, name, root } of project.documents('.field-meta.xml')) {
    const object = file.split('/').at(-3);
    yield { name: `field ${object}.${name}`, type: root.value('type'), file };
    for (const value of root.within('value').filter((one) => one.value('fullName'))) {
      const which = `${object}.${name}.${value.value('fullName')}`;
      yield { name: `value ${which}`, type: 'value', file, line: value.line };
    }
  }
}

const KINDS = [
  ['.object-meta.xml', 'object'],
  ['.permissionset-meta.xml', 'permission set'],
  ['.permissionsetgroup-meta.xml', 'permission set group'],
  ['.namedCredential-meta.xml', 'named credential'],
  ['.externalCredential-meta.xml', 'external credential'],
  ['.tab-meta.xml', 'tab']
];

function* named(project) {
  for (const [suffix, kind] of KINDS) {
    for (const { file, name } of project.documents(suffix)) {
      yield { name: `${kind} ${name}`, type: kind, file };
    }
  }
}

function* principals({ externalCredentials, project }) {
  for (const { file, name } of project.documents('.externalCredential-meta.xml')) {
    for (const principal of externalCredentials.get(name)) {
      yield { name: `principal ${name}-${principal}`, type: 'principal', file };
    }
  }
}
