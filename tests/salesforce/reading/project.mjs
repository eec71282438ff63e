import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseApex } from './apex.mjs';
import { MalformedXml, parseXml } from './xml.mjs';

const NEVER_ENTERED = new Set(['node_modules', '.git', '.venv', 'build', 'coverage']);

/** Folder of planted errors: they belong to the tests of the checks, not to the project. */
const PLANTED = 'tests/salesforce/planted';

/** Root of this repository, the project that is checked unless another is named. */
export const REPOSITORY = path.resolve(import.meta.dirname, '..', '..', '..');

/**
 * A Salesforce DX project on disk. Each file is read and parsed once, however many checks ask.
 * All file names are relative to the root, with forward slashes.
 */
export class Project {
  #parsed = new Map();

  /** @param {string} root folder that holds sfdx-project.json */
  constructor(root) {
    this.root = path.resolve(root);
  }

  /** sfdx-project.json as an object; `{}` when it is missing or broken (project-schema tells). */
  get settings() {
    return this.#once('settings', () => {
      try {
        return JSON.parse(this.text('sfdx-project.json'));
      } catch {
        return {};
      }
    });
  }

  /** Folders with our metadata, e.g. `['force-app/main', 'force-app/test']`. */
  get packageFolders() {
    const named = (this.settings.packageDirectories ?? []).map((folder) => folder.path);
    return named.length > 0 ? named.map((name) => path.posix.normalize(name)) : ['force-app'];
  }

  /** Metadata files whose name ends with `suffix`, sorted. */
  metadataFiles(suffix) {
    const all = this.#once('metadata', () => this.packageFolders.flatMap((f) => this.files(f)));
    return all.filter((file) => file.endsWith(suffix)).sort();
  }

  /** All files under `folder` ('' = the whole project), without installed or built ones. */
  files(folder = '') {
    const absolute = path.join(this.root, folder);
    if (!existsSync(absolute)) return [];
    return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      if (!entry.isDirectory()) return [name];
      return NEVER_ENTERED.has(entry.name) || name === PLANTED ? [] : this.files(name);
    });
  }

  has(file) {
    return existsSync(path.join(this.root, file));
  }

  /** Text of a file. @throws when the file is not there */
  text(file) {
    return this.#once(`text ${file}`, () => readFileSync(path.join(this.root, file), 'utf8'));
  }

  /** Root element of an XML file. @throws {MalformedXml} */
  xml(file) {
    return this.#once(`xml ${file}`, () => parseXml(this.text(file)));
  }

  /**
   * Metadata documents by file ending, e.g. `.flexipage-meta.xml`.
   * Malformed ones are left out: metadata-types reports them.
   * @returns {{ file: string, name: string, root: import('./xml.mjs').Element }[]}
   */
  documents(suffix) {
    return this.metadataFiles(suffix).flatMap((file) => {
      const root = this.#wellFormed(file);
      return root ? [{ file, name: path.posix.basename(file, suffix), root }] : [];
    });
  }

  /** Every Apex class. @returns {import('./apex.mjs').ApexFile[]} */
  apexClasses() {
    return this.metadataFiles('.cls').map((file) =>
      this.#once(`apex ${file}`, () => parseApex(file, this.text(file)))
    );
  }

  #wellFormed(file) {
    try {
      return this.xml(file);
    } catch (fault) {
      if (fault instanceof MalformedXml) return null;
      throw fault;
    }
  }

  #once(key, make) {
    if (!this.#parsed.has(key)) this.#parsed.set(key, make());
    return this.#parsed.get(key);
  }
}
