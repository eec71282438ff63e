/** The Apex methods that components may call, as our classes declare them. */
import fs from 'node:fs';
import path from 'node:path';

const ANNOTATED_METHOD =
  /@AuraEnabled\s*(?:\(([^)]*)\))?\s*(?:public|global)\s+static\s+[\w.<>,\s[\]]+?\s(\w+)\s*\(/gi;

/**
 * @param directory the folder of classes; sub-folders count.
 * @returns {Map<string, {isCacheable: boolean}>} by `Class.method`.
 */
export function readApexMethods(directory) {
  const methods = new Map();
  for (const file of classFiles(directory)) {
    const source = withoutComments(fs.readFileSync(file, 'utf8'));
    for (const [, options = '', name] of source.matchAll(ANNOTATED_METHOD)) {
      const isCacheable = /cacheable\s*=\s*true/i.test(options);
      methods.set(`${path.basename(file, '.cls')}.${name}`, { isCacheable });
    }
  }
  return methods;
}

function classFiles(directory) {
  if (!fs.existsSync(directory)) return [];
  const entries = fs.readdirSync(directory, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith('.cls'))
    .map((entry) => path.join(directory, entry));
}

function withoutComments(source) {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
