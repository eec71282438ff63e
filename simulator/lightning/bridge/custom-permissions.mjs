/** The custom permissions of our package, by the files in which they are declared. */
import fs from 'node:fs';

const SUFFIX = '.customPermission-meta.xml';

/** @returns {Map<string, true>} every custom permission of `directory`, by its name. */
export function readCustomPermissions(directory) {
  const files = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  const names = files.filter((file) => file.endsWith(SUFFIX));
  return new Map(names.map((file) => [file.slice(0, -SUFFIX.length), true]));
}
