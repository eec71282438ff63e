/** The simulated org describes only objects and fields that the platform has. */
import path from 'node:path';
import { platformObject } from '../reading/platform-objects.mjs';

const DESCRIPTIONS = 'simulator/crm/objects';

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* simulatedObjectFaults({ project, objects }) {
  for (const file of project.files(DESCRIPTIONS).filter((one) => one.endsWith('.json'))) {
    const { name, fields } = JSON.parse(project.text(file));
    if (name !== path.posix.basename(file, '.json') || !objects.has(name)) {
      yield { file, line: 1, message: `there is no object ${name}` };
      continue;
    }
    yield* fieldFaults(file, name, fields, { project, objects });
  }
}

function* fieldFaults(file, object, fields, { project, objects }) {
  for (const { name, relationshipName } of fields) {
    const line = lineWith(project.text(file), `"${name}"`);
    if (!objects.hasField(object, name)) {
      yield { file, line, message: `${object} has no field ${name}` };
    }
    const isKnown = !relationshipName || objects.related(object, relationshipName);
    if (!isKnown && platformObject(object)) {
      yield { file, line, message: `${object} has no relationship ${relationshipName}` };
    }
  }
}

function lineWith(text, part) {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}
