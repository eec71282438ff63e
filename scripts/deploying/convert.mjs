/**
 * Converts the package to what the Metadata API takes, with the replacements of sfdx-project.json
 * filled, and looks whether all of it arrived: node convert.mjs FOLDER, URL in P13N_SERVICE_URL.
 *
 * The library does what `sf project deploy start` does before it sends. It leaves out without a word
 * what it does not recognize, so every file of the sources has to belong to a converted component.
 */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import sdr from '@salesforce/source-deploy-retrieve';

process.env.SF_APPLY_REPLACEMENTS_ON_CONVERT = 'true';

const { ComponentSetBuilder, ForceIgnore, MetadataConverter } = sdr;
const ROOT = path.resolve(import.meta.dirname, '..', '..');

/** Problems, none when everything arrived. */
async function convert(root, folder) {
  const project = JSON.parse(readFileSync(path.join(root, 'sfdx-project.json'), 'utf8'));
  const sources = project.packageDirectories.map((one) => path.join(root, one.path));
  const components = await ComponentSetBuilder.build({
    sourcepath: sources,
    projectDir: root,
    sourceapiversion: project.sourceApiVersion
  });
  rmSync(folder, { recursive: true, force: true });
  await new MetadataConverter().convert(components, 'metadata', {
    type: 'directory',
    outputDirectory: folder,
    genUniqueDir: false
  });
  const parts = components.getSourceComponents().toArray();
  console.log(
    `${parts.length} components of ${new Set(parts.map(typeOf)).size} types, in ${folder}`
  );
  return [
    ...leftOut(sources, parts),
    ...notListed(folder, parts),
    ...notReplaced(folder, project.replacements ?? [])
  ];
}

function typeOf({ type }) {
  return type.name;
}

/** Files of the sources that no component holds and .forceignore does not name. */
function leftOut(sources, parts) {
  const held = parts.flatMap((part) => [part.xml, part.content, ...part.walkContent()]);
  const inside = new Set(held.concat(parts.flatMap(childFiles)).filter(Boolean));
  const ignore = ForceIgnore.findAndCreate(sources[0]);
  return sources
    .flatMap(filesIn)
    .filter((file) => !inside.has(file) && ignore.accepts(file))
    .map((file) => `${path.relative(ROOT, file)} belongs to no component and is left out`);
}

function childFiles(part) {
  return part.getChildren().map((child) => child.xml);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Components that package.xml does not name, by type. */
function notListed(folder, parts) {
  const manifest = readFileSync(path.join(folder, 'package.xml'), 'utf8');
  const members = new Set(
    Array.from(manifest.matchAll(/<members>(.*?)\/?<\/members>/g), ([, m]) => m)
  );
  return parts
    .filter((part) => !members.has(part.fullName) && !part.getChildren().length)
    .map((part) => `${part.type.name} ${part.fullName} is not in package.xml`);
}

/** Texts that a replacement should have taken the place of. */
function notReplaced(folder, replacements) {
  const texts = [...new Set(replacements.map((one) => one.stringToReplace))];
  return filesIn(folder).flatMap((file) => {
    const found = texts.find((text) => readFileSync(file, 'utf8').includes(text));
    return found ? [`${path.relative(folder, file)} still holds ${found}`] : [];
  });
}

const [folder, root = ROOT] = process.argv.slice(2);
if (!folder || !existsSync(root)) {
  console.error(
    'usage: P13N_SERVICE_URL=https://... node scripts/deploying/convert.mjs FOLDER [ROOT]'
  );
  process.exit(2);
}
const problems = await convert(path.resolve(root), path.resolve(folder));
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
