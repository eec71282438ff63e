/** Nothing that is read as text at run time would fail in a package with a namespace. */
import { runAsCommand } from '../reading/findings.mjs';
import { Inventory } from '../reading/inventory.mjs';
import { namespaceFaults } from '../rules/namespace.mjs';

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const examined = project.metadataFiles('').length;
  return { examined, findings: [...namespaceFaults(new Inventory(project))] };
}

if (import.meta.main) await runAsCommand(check);
