import path from 'node:path';
import { compile } from '../compiler/compile.mjs';
import { MemoryDatabase } from '../data/memory-database.mjs';
import { readCustomMetadata, readLabels } from '../data/org-metadata.mjs';
import { Schema } from '../data/schema.mjs';
import { describeSetup } from '../data/setup-objects.mjs';
import { writeJson } from '../json/write.mjs';
import { platform } from '../platform/platform.mjs';
import { ApexThrow } from '../runtime/faults.mjs';
import { callStatic } from '../runtime/statics.mjs';
import { exceptionTypeName } from '../runtime/text.mjs';
import { Transaction } from '../runtime/transaction.mjs';
import { Program } from '../program.mjs';
import { TEST_USER } from '../test-run.mjs';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const PACKAGE = path.join(FIXTURES, 'package');

/** A program of class texts by file name, on the objects and metadata of the fixtures. */
export function programOf(classes) {
  const schema = Schema.read({
    objectFolders: [path.join(FIXTURES, 'objects')],
    sourceFolders: [PACKAGE]
  });
  describeSetup(schema);
  const labels = readLabels([PACKAGE]);
  const sources = Object.entries(classes).map(([file, text]) => ({ file, text }));
  const units = compile(sources, { platform, schema, labels });
  return new Program({ units, schema, labels, customMetadata: readCustomMetadata([PACKAGE]) });
}

/**
 * Run statements as the body of a static method and answer what they return, as plain data.
 * `members` are further members of the class around them, `classes` further class files.
 */
export function apex(body, { members = '', classes = {}, ...settings } = {}) {
  const probe = `public class Probe {\n${members}\npublic static Object run() {\n${body}\n}\n}`;
  const program = programOf({ 'Probe.cls': probe, ...classes });
  const database = new MemoryDatabase(program.schema);
  const transaction = new Transaction({
    program,
    database,
    user: TEST_USER,
    isTest: true,
    ...settings
  });
  return transaction.run(() => JSON.parse(writeJson(callStatic('Probe', 'run', []))));
}

/** The value of one expression, as plain data. */
export function value(expression, options) {
  return apex(`return ${expression};`, options);
}

/** `Type: message` of the exception that statements throw. */
export function thrownBy(body, options) {
  try {
    apex(`${body}\nreturn null;`, options);
  } catch (error) {
    if (!(error instanceof ApexThrow)) throw error;
    const { exception } = error;
    return `${exceptionTypeName(exception)}: ${exception.message}`;
  }
  throw new Error('nothing was thrown');
}
