/** Each class and component has its parts, all of them at the project's one API version. */

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* sourceFileFaults({ project, components }) {
  for (const file of project.metadataFiles('.cls')) yield* pairFaults(file, project);
  for (const file of project.metadataFiles('.cls-meta.xml')) {
    if (!project.has(file.replace('-meta.xml', ''))) {
      yield fault(file, 1, 'describes a class that is not there: remove it');
    }
  }
  for (const component of components.values()) yield* componentFaults(component, project);
  for (const suffix of ['.cls-meta.xml', '.js-meta.xml', '.flow-meta.xml']) {
    yield* versionFaults(suffix, project);
  }
}

function* pairFaults(file, project) {
  if (!project.has(`${file}-meta.xml`)) {
    yield fault(file, 1, 'has no -meta.xml beside it: an org would not deploy the class');
  }
}

function* componentFaults({ name, folder, files }, project) {
  for (const ending of ['.js', '.js-meta.xml']) {
    const file = `${folder}/${name}${ending}`;
    if (!project.has(file)) yield fault(files[0], 1, `component ${name} needs ${name}${ending}`);
  }
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
    yield fault(files[0], 1, `component folder ${name} needs a name in camelCase`);
  }
}

function* versionFaults(suffix, project) {
  const wanted = project.settings.sourceApiVersion;
  for (const { file, root } of project.documents(suffix)) {
    const version = root.first('apiVersion');
    if (version?.text === wanted) continue;
    const found = version ? version.text : 'missing';
    yield fault(file, (version ?? root).line, `apiVersion is ${found}, the project's is ${wanted}`);
  }
}

function fault(file, line, message) {
  return { file, line, message };
}
