import fs from 'node:fs';
import path from 'node:path';
import { compile } from './compiler/compile.mjs';
import { filesBelow } from './data/metadata.mjs';
import { CustomMetadata } from './data/custom-metadata.mjs';
import { readCustomMetadata, readLabels } from './data/org-metadata.mjs';
import { Schema } from './data/schema.mjs';
import { describeSetup, setupRecords } from './data/setup-objects.mjs';
import { platform } from './platform/platform.mjs';
import { ApexClass } from './runtime/classes.mjs';
import { language } from './language.mjs';

/** The simulated org's object files. */
export const OBJECT_FOLDER = path.resolve(import.meta.dirname, '../../crm/objects');

/**
 * Our Apex, ready to run: its classes, and the labels, custom metadata and object descriptions
 * they refer to. Holds nothing that a transaction changes.
 */
export class Program {
  constructor({ units, schema, labels = new Map(), customMetadata = [], setup = [] }) {
    this.platform = platform;
    this.schema = schema;
    this.labels = labels;
    this.customMetadata = new CustomMetadata(customMetadata, schema);
    /** Records that every test finds: profiles and permission sets. */
    this.setupRecords = setup;
    this.units = units;
    this.classesByKey = new Map();
    for (const unit of units) this.load(unit);
    for (const type of this.classesByKey.values()) this.link(type);
  }

  /**
   * Read and compile everything below the source folders.
   * @param options.sources folders with classes and metadata
   * @param options.objects folders with object files; the simulated org's by default
   * @param options.units what a compilation of these sources answered before; spares another
   */
  static read({ sources, objects = [OBJECT_FOLDER], units = null }) {
    const schema = Schema.read({ objectFolders: objects, sourceFolders: sources });
    describeSetup(schema);
    const labels = readLabels(sources);
    return new Program({
      units: units ?? compile(classFiles(sources), { platform, schema, labels }),
      schema,
      labels,
      customMetadata: readCustomMetadata(sources),
      setup: setupRecords(sources)
    });
  }

  load({ source, types, classes }) {
    const bodies = new Function('rt', 'types', source)(language, types);
    for (const declaration of classes) {
      const type = new ApexClass(declaration, bodies);
      this.classesByKey.set(type.key, type);
    }
  }

  link(type) {
    if (type.supertype) type.superclass = this.superclassOf(type);
    type.superinterfaces = type.interfaces.map((each) => this.findClass(each.name)).filter(Boolean);
  }

  superclassOf({ supertype }) {
    return this.findClass(supertype.name) ?? platform.find(supertype.name)?.builtIn ?? null;
  }

  /** One of our classes by full name, or null. */
  findClass(name) {
    return this.classesByKey.get(name.toLowerCase()) ?? null;
  }

  classes() {
    return [...this.classesByKey.values()];
  }
}

/** `[{file, text}]` of every class below the folders. */
function classFiles(folders) {
  const files = folders.flatMap(filesBelow).filter((file) => file.endsWith('.cls'));
  return files.map((file) => ({ file: path.basename(file), text: fs.readFileSync(file, 'utf8') }));
}
