/**
 * Every name that one part of the project uses for another leads somewhere: classes, fields,
 * objects, components and their properties, labels, credentials and principals, permission sets,
 * actions of Flows, their property editors and what stands inside Flows. A deployment would refuse most of these; some fail only in front of a user.
 */
import { runAsCommand } from '../reading/findings.mjs';
import { Inventory } from '../reading/inventory.mjs';
import { apexCallFaults } from '../rules/apex-of-components.mjs';
import { componentFaults } from '../rules/component-references.mjs';
import { credentialFaults } from '../rules/credential-references.mjs';
import { flexiPageFaults } from '../rules/flexipage-references.mjs';
import { flowFaults } from '../rules/flow-references.mjs';
import { labelFaults } from '../rules/label-references.mjs';
import { placedFieldFaults } from '../rules/placed-fields.mjs';
import { permissionSetFaults } from '../rules/permission-set-references.mjs';
import { editorFaults } from '../rules/property-editors.mjs';
import { simulatedObjectFaults } from '../rules/simulated-objects.mjs';
import { sourceFileFaults } from '../rules/source-files.mjs';

const RULES = [
  sourceFileFaults,
  permissionSetFaults,
  flexiPageFaults,
  placedFieldFaults,
  componentFaults,
  apexCallFaults,
  labelFaults,
  credentialFaults,
  flowFaults,
  editorFaults,
  simulatedObjectFaults
];

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const inventory = new Inventory(project);
  const examined = project.metadataFiles('-meta.xml').length;
  return { examined, findings: RULES.flatMap((rule) => [...rule(inventory)]) };
}

if (import.meta.main) await runAsCommand(check);
