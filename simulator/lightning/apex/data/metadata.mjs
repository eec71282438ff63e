import fs from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  trimValues: true
});

/** A metadata file as an object; texts stay texts, attributes are prefixed with `@`. */
export function readMetadata(file, edit = (text) => text) {
  return parser.parse(edit(fs.readFileSync(file, 'utf8')));
}

/** What may stand once, several times or not at all, as a list. */
export function toList(value) {
  if (value === undefined || value === '') return [];
  return Array.isArray(value) ? value : [value];
}

/** Every file below a folder, in the order of names; an absent folder has none. */
export function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${path.sep}node_modules${path.sep}`))
    .sort();
}
