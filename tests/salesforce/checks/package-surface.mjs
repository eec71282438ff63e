/**
 * What was released is still there, unchanged, and nothing new has to be given by those who built on
 * it: config/released-surface.json against the sources.
 *
 *     node tests/salesforce/checks/package-surface.mjs [root]     compares
 *     node tests/salesforce/checks/package-surface.mjs --write    after a release: this is what others have now
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runAsCommand } from '../reading/findings.mjs';
import { Inventory } from '../reading/inventory.mjs';
import { Project, REPOSITORY } from '../reading/project.mjs';
import { surfaceOf } from '../reading/surface.mjs';

const RELEASED = 'config/released-surface.json';

/** @param {import('../reading/project.mjs').Project} project */
export function check(project) {
  if (!project.has(RELEASED)) {
    return { examined: 1, findings: [{ file: RELEASED, line: 1, message: 'is missing: --write' }] };
  }
  const released = new Map(Object.entries(JSON.parse(project.text(RELEASED))));
  const surface = surfaceOf(new Inventory(project));
  const findings = [...lost(project, released, surface), ...demanded(released, surface)];
  return { examined: released.size, findings };
}

/** Released parts that are gone or that have another type, or that must be given only now. */
function* lost(project, released, surface) {
  const lines = project.text(RELEASED).split('\n');
  for (const [name, was] of released) {
    const line = lines.findIndex((text) => text.includes(JSON.stringify(name))) + 1;
    const is = surface.get(name);
    if (!is) yield { file: RELEASED, line, message: `${name} was released and is gone` };
    else if (is.type !== typeOf(was)) {
      yield { ...is.place, message: `${name} was released as ${typeOf(was)}, and is ${is.type}` };
    } else if (is.required && !isRequired(was)) {
      yield { ...is.place, message: `${name} was optional when it was released` };
    }
  }
}

/** New parts that existing pages and Flows could not know to give. */
function* demanded(released, surface) {
  for (const [name, { required, place }] of surface) {
    if (!required || released.has(name)) continue;
    const owner = name.replace(/^\w+ /, '').replace(/\.\w+$/, '');
    const isOld = released.has(`component ${owner}`) || released.has(`class ${owner}`);
    if (isOld)
      yield { ...place, message: `${name} is new and required: others do not give it yet` };
  }
}

function typeOf(written) {
  return written.replace(/ required$/, '');
}

function isRequired(written) {
  return written.endsWith(' required');
}

function write(project) {
  const parts = [...surfaceOf(new Inventory(project))].sort(([a], [b]) => (a < b ? -1 : 1));
  const written = parts.map(([name, { type, required }]) => [
    name,
    required ? `${type} required` : type
  ]);
  const text = JSON.stringify(Object.fromEntries(written), null, 2);
  writeFileSync(path.join(project.root, RELEASED), `${text}\n`);
  console.log(`${written.length} parts, in ${RELEASED}`);
}

if (import.meta.main) {
  if (process.argv[2] === '--write') write(new Project(REPOSITORY));
  else await runAsCommand(check);
}
