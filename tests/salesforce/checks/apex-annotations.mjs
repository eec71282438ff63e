/**
 * Rules of @InvocableMethod, @InvocableVariable, @AuraEnabled and of test methods that neither the
 * type checker nor PMD knows; an org would refuse the class, or the Flow or component would fail.
 */
import { classesOf } from '../reading/apex.mjs';
import { CallGraph } from '../reading/apex-calls.mjs';
import { runAsCommand } from '../reading/findings.mjs';
import { auraEnabledFaults } from '../rules/aura-enabled.mjs';
import { invocableFaults } from '../rules/invocable.mjs';
import { annotationFaults } from '../rules/known-annotations.mjs';

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const apexFiles = project.apexClasses();
  const graph = new CallGraph(apexFiles);
  const findings = apexFiles.flatMap((apexFile) => [
    ...apexFile.faults.map((fault) => ({ file: apexFile.file, ...fault })),
    ...ruleFaults(apexFile, graph)
  ]);
  return { examined: apexFiles.length, findings };
}

function ruleFaults(apexFile, graph) {
  if (apexFile.faults.length > 0) return [];
  const context = { graph, apexFile };
  return classesOf(apexFile).flatMap((apexClass) =>
    [
      ...annotationFaults(apexClass),
      ...auraEnabledFaults(apexClass, context),
      ...invocableFaults(apexClass, context)
    ].map((fault) => ({ file: apexFile.file, ...fault }))
  );
}

if (import.meta.main) await runAsCommand(check);
