/** Layouts, compact layouts and field sets show only fields that their object has. */
import path from 'node:path';

/** File suffix, the elements that name a field, and the object that a file is about. */
const PLACES = [
  ['.layout-meta.xml', ['field'], (file) => path.posix.basename(file).split('-')[0]],
  ['.compactLayout-meta.xml', ['fields'], (file) => folderOf(file)],
  ['.fieldSet-meta.xml', ['field'], (file) => folderOf(file)]
];

/** @param {import('../reading/inventory.mjs').Inventory} inventory */
export function* placedFieldFaults({ project, objects }) {
  for (const [suffix, elements, objectOf] of PLACES) {
    for (const { file, root } of project.documents(suffix)) {
      const object = objectOf(file);
      for (const { line, text } of elements.flatMap((name) => [...root.within(name)])) {
        if (!objects.hasField(object, text)) {
          yield { file, line, message: `${object} has no field ${text}` };
        }
      }
    }
  }
}

/** `objects/Contact/fieldSets/X` is about Contact. */
function folderOf(file) {
  return path.posix.basename(path.posix.dirname(path.posix.dirname(file)));
}
