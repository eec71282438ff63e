/** Everything of ours that metadata may name, by name. */
import { classesOf, membersOf } from './apex.mjs';
import { Objects } from './objects.mjs';
import { Script } from './script.mjs';
import { tagsOf } from './template.mjs';

/**
 * A component's folder below `lwc/`. `script`, `tags` and `root` are missing when their file is.
 * @typedef {{ name: string, folder: string, files: string[], script?: Script,
 *   tags: ReturnType<typeof tagsOf>, root?: import('./xml.mjs').Element }} Component
 */

/** The parts of a project that name each other. */
export class Inventory {
  /** @param {import('./project.mjs').Project} project */
  constructor(project) {
    this.project = project;
    this.objects = new Objects(project);
    this.apexFiles = project.apexClasses();
    this.classes = new Map(this.apexFiles.flatMap(classEntries));
    this.components = componentsOf(project);
    this.labels = labelsOf(project);
    this.externalCredentials = externalCredentialsOf(project);
    this.namedCredentials = namesOf(project, '.namedCredential-meta.xml');
    this.permissionSets = namesOf(project, '.permissionset-meta.xml');
    this.customPermissions = namesOf(project, '.customPermission-meta.xml');
    this.flows = namesOf(project, '.flow-meta.xml');
  }

  /** An outer class by name, without case. @returns {import('./apex.mjs').ApexClass | undefined} */
  apexClass(name) {
    return this.classes.get(name.toLowerCase())?.apexClass;
  }

  /** Methods of an outer class with this name. @returns {import('./apex.mjs').Member[]} */
  methods(className, methodName) {
    const found = this.apexClass(className);
    if (!found) return [];
    return membersOf(found).filter(
      (member) => member.kind === 'method' && member.name === methodName
    );
  }
}

function classEntries(apexFile) {
  const outer = classesOf(apexFile)[0];
  return outer ? [[outer.name.toLowerCase(), { apexClass: outer, apexFile }]] : [];
}

function namesOf(project, suffix) {
  return new Set(project.documents(suffix).map(({ name }) => name));
}

/** Labels by name, with the place where each is defined. */
function labelsOf(project) {
  return new Map(
    project
      .documents('.labels-meta.xml')
      .flatMap(({ file, root }) =>
        root.all('labels').map((label) => [label.value('fullName'), { file, line: label.line }])
      )
  );
}

/** Principals by external credential, e.g. `Personalization_Service` to `{ Org }`. */
function externalCredentialsOf(project) {
  return new Map(
    project.documents('.externalCredential-meta.xml').map(({ name, root }) => [
      name,
      new Set(
        root
          .all('externalCredentialParameters')
          .filter((one) => /Principal$/.test(one.value('parameterType') ?? ''))
          .map((one) => one.value('parameterName'))
      )
    ])
  );
}

/** @returns {Map<string, Component>} */
function componentsOf(project) {
  const folders = new Map();
  for (const file of project.metadataFiles('')) {
    const [, folder, name] = /^(.*\/lwc\/([^/]+))\//.exec(file) ?? [];
    if (!folder) continue;
    if (!folders.has(name)) folders.set(name, { name, folder, files: [] });
    folders.get(name).files.push(file);
  }
  return new Map([...folders].map(([name, found]) => [name, component(found, project)]));
}

function component(found, project) {
  const { name, folder } = found;
  const [script, template] = [`${folder}/${name}.js`, `${folder}/${name}.html`];
  const meta = project.documents('.js-meta.xml').find(({ file }) => file === `${script}-meta.xml`);
  return {
    ...found,
    script: project.has(script) ? new Script(project.text(script)) : undefined,
    tags: project.has(template) ? tagsOf(project.text(template)) : [],
    root: meta?.root
  };
}
