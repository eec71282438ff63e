/**
 * Every `*-meta.xml` is well-formed and has the elements, values and kinds that the Metadata API
 * knows at version 65; the configuration of components, which that API treats as text, follows the
 * component guide. Not seen: the order of elements, names of other metadata (metadata-references).
 */
import path from 'node:path';
import { runAsCommand } from '../reading/findings.mjs';
import { MetadataTypes } from '../reading/metadata-types.mjs';
import { MalformedXml } from '../reading/xml.mjs';
import { targetFaults } from '../rules/component-targets.mjs';
import { documentFaults } from '../rules/metadata-document.mjs';
import { namedEditors } from '../rules/property-editors.mjs';

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const files = project.metadataFiles('-meta.xml');
  const named = [...namedEditors(project.apexClasses())];
  const editors = new Set(named.map(({ bundle }) => bundle));
  const types = MetadataTypes.installed();
  const findings = files.flatMap((file) =>
    [...fileFaults(project, file, { types, editors })].map((fault) => ({ file, ...fault }))
  );
  return { examined: files.length, findings };
}

function* fileFaults(project, file, { types, editors }) {
  try {
    const root = project.xml(file);
    yield* documentFaults(root, types);
    if (root.tag === 'LightningComponentBundle') {
      yield* targetFaults(root, { isEditor: editors.has(path.basename(file, '.js-meta.xml')) });
    }
  } catch (fault) {
    if (!(fault instanceof MalformedXml)) throw fault;
    yield { line: fault.line, message: `no well-formed XML: ${fault.message}` };
  }
}

if (import.meta.main) await runAsCommand(check);
