import fs from 'node:fs';
import path from 'node:path';

/**
 * The `replacements` of sfdx-project.json, which a deployment applies to metadata files.
 * Understood: `filename` or `glob`, `stringToReplace`, `replaceWithEnv`, `allowUnsetEnvVariable`.
 */
export class Replacements {
  constructor(projectFile, environment) {
    this.folder = path.dirname(projectFile);
    this.environment = environment;
    this.entries = JSON.parse(fs.readFileSync(projectFile, 'utf8')).replacements ?? [];
  }

  /** The text of a metadata file as it would be deployed. */
  apply(file, text) {
    const name = path.relative(this.folder, file);
    return this.entries
      .filter(
        (entry) => entry.filename === name || (entry.glob && path.matchesGlob(name, entry.glob))
      )
      .reduce((result, entry) => this.replace(result, entry), text);
  }

  replace(text, { stringToReplace, replaceWithEnv, allowUnsetEnvVariable }) {
    if (!stringToReplace || !replaceWithEnv) {
      throw new Error(
        'sfdx-project.json: the local runtime knows replacements of a string by a variable only'
      );
    }
    const value = this.environment[replaceWithEnv];
    if (value !== undefined) return text.replaceAll(stringToReplace, () => value);
    if (allowUnsetEnvVariable) return text;
    throw new Error(`sfdx-project.json: the variable ${replaceWithEnv} is not set`);
  }
}
