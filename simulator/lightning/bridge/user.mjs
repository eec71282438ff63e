/**
 * The user who looks at the page: the same one whom the simulated org has.
 *
 * Modules such as `@salesforce/i18n/locale` say this of the running user. Base components read
 * them too, so that a date looks alike wherever it is drawn.
 */
export const USER_ID = '0055g0000000001AAA';

const SETTINGS = {
  '@salesforce/i18n/locale': 'en-GB',
  '@salesforce/i18n/lang': 'en-US',
  '@salesforce/i18n/currency': 'GBP',
  '@salesforce/i18n/timeZone': 'Europe/London'
};

const VIRTUAL = '\0user:';

/** Rollup plugin: the settings above as modules; the base components bring the others. */
export function userSettings() {
  return {
    name: 'user-settings',
    resolveId: (specifier) => (specifier in SETTINGS ? VIRTUAL + specifier : null),
    load(id) {
      if (!id.startsWith(VIRTUAL)) return null;
      return `export default ${JSON.stringify(SETTINGS[id.slice(VIRTUAL.length)])};`;
    }
  };
}
