/** Tells whether the inputs of a build have changed since its output was made. */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A hash of the names and contents of all files at or below `inputs`; absent ones count as such. */
export function fingerprint(inputs) {
  const hash = crypto.createHash('sha256');
  for (const file of inputs.flatMap(filesBelow)) {
    hash.update(`${file}\0`).update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(input) {
  if (!fs.existsSync(input)) return [];
  if (fs.statSync(input).isFile()) return [input];
  const entries = fs.readdirSync(input, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

/**
 * Run `build(directory)` unless `directory` was made from the same `key`.
 * A build that fails leaves what was there; returns whether anything was built.
 */
export async function buildUnlessSame(directory, key, build) {
  const keyFile = path.join(directory, '.fingerprint');
  if (fs.existsSync(keyFile) && fs.readFileSync(keyFile, 'utf8') === key) return false;
  const unfinished = `${directory}.${process.pid}`; // two builds at once do not meet
  try {
    await build(unfinished);
    fs.writeFileSync(path.join(unfinished, '.fingerprint'), key);
    fs.rmSync(directory, { recursive: true, force: true });
    fs.renameSync(unfinished, directory);
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  return true;
}
