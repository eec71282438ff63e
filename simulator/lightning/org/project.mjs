/** Where the parts of the Salesforce project lie. */
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Read `sfdx-project.json` below `root`: the folders of the default package and its API version. */
export function salesforceProject(root = ROOT) {
  const file = path.join(root, 'sfdx-project.json');
  const { packageDirectories, sourceApiVersion } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const main = packageDirectories.find((directory) => directory.default);
  const source = path.join(root, main.path, 'default');
  return {
    root,
    file,
    apiVersion: Number(sourceApiVersion),
    packages: packageDirectories.map((directory) => path.join(root, directory.path)),
    classes: path.join(source, 'classes'),
    components: path.join(source, 'lwc'),
    customPermissions: path.join(source, 'customPermissions'),
    flexipages: path.join(source, 'flexipages'),
    flows: path.join(source, 'flows'),
    labels: path.join(source, 'labels'),
    layouts: path.join(source, 'layouts'),
    objects: path.join(source, 'objects'),
    quickActions: path.join(source, 'quickActions'),
    reports: path.join(source, 'reports'),
    reportTypes: path.join(source, 'reportTypes')
  };
}
