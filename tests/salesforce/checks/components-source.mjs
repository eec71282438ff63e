/**
 * Rules for Lightning components that neither ESLint nor the template compiler checks: no text run
 * as code, no markup made of text, no network but Apex, no console, no event that leaves its
 * component, no link that hands the page over. Tests and mocks are left alone.
 */
import { runAsCommand } from '../reading/findings.mjs';
import { Script } from '../reading/script.mjs';
import { tagsOf } from '../reading/template.mjs';
import { scriptFaults } from '../rules/component-script.mjs';
import { templateFaults } from '../rules/component-template.mjs';

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  const scripts = sources(project, '.js');
  const templates = sources(project, '.html');
  const findings = [
    ...scripts.flatMap((file) => named(file, scriptFaults(new Script(project.text(file))))),
    ...templates.flatMap((file) => named(file, templateFaults(tagsOf(project.text(file)))))
  ];
  return { examined: scripts.length + templates.length, findings };
}

function sources(project, suffix) {
  const files = project.metadataFiles(suffix).filter((file) => file.includes('/lwc/'));
  return files.filter((file) => !file.includes('/__tests__/'));
}

function named(file, faults) {
  return [...faults].map((fault) => ({ file, ...fault }));
}

if (import.meta.main) await runAsCommand(check);
