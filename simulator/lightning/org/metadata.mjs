/**
 * Reads metadata files of the project as the org would hold them.
 *
 * Text stays text ("4", "true"), because its type is for the reader to decide; elements that may
 * repeat are always lists, so that one and many read alike.
 */
import fs from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';

/** Elements that may stand more than once in the metadata types we read. */
const LISTS = new Set([
  'labels',
  'platformActionListItems',
  'flexiPageRegions',
  'itemInstances',
  'componentInstanceProperties',
  'valueListItems',
  'target',
  'targetConfig',
  'property',
  'object'
]);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => LISTS.has(name)
});

/** The content of one metadata file: `{RootElement: {...}}`, attributes as `@name`. */
export function readMetadata(file) {
  const { '?xml': _declaration, ...content } = parser.parse(fs.readFileSync(file, 'utf8'));
  return content;
}

/** Every file of `directory` that ends in `suffix`: `[{name, file, content}]`, in order of name. */
export function readMetadataFolder(directory, suffix) {
  if (!fs.existsSync(directory)) return [];
  const names = fs.readdirSync(directory).filter((name) => name.endsWith(suffix));
  return names.sort().map((fileName) => {
    const file = path.join(directory, fileName);
    return { name: fileName.slice(0, -suffix.length), file, content: readMetadata(file) };
  });
}
