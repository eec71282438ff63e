/**
 * Fields and relationships in static SOQL exist. The type checker does not read inside queries; an
 * org refuses to compile the class. Queries built as text at run time cannot be seen here.
 */
import { nodes } from '../reading/apex.mjs';
import { runAsCommand } from '../reading/findings.mjs';
import { Objects } from '../reading/objects.mjs';
import { queryFaults } from '../rules/soql-fields.mjs';

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const objects = new Objects(project);
  const apexFiles = project.apexClasses();
  const findings = apexFiles.flatMap(({ file, tree }) =>
    [...nodes(tree, 'QueryContext')]
      .flatMap((query) => queryFaults(query, objects))
      .map((fault) => ({ file, ...fault }))
  );
  return { examined: apexFiles.length, findings };
}

if (import.meta.main) await runAsCommand(check);
