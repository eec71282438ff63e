const { defineConfig } = require('eslint/config');
const js = require('@eslint/js');
const jest = require('eslint-plugin-jest');
const globals = require('globals');
const lwc = require('@salesforce/eslint-config-lwc/recommended');
const typescript = require('@typescript-eslint/parser');

module.exports = defineConfig([
  {
    ignores: ['**/node_modules/', '.venv/', '**/build/', 'coverage/', 'tests/salesforce/planted/']
  },
  { files: ['**/lwc/**/*.js'], extends: [lwc] },
  {
    files: ['**/lwc/**/*.test.js'],
    extends: [lwc],
    plugins: { jest },
    languageOptions: { globals: { ...globals.node, ...jest.environments.globals.globals } },
    rules: {
      ...jest.configs['flat/recommended'].rules,
      // A test holds the adapter itself, to emit what the platform would.
      '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off',
      // Script addresses are what the tests try to get past the components.
      'no-script-url': 'off'
    }
  },
  {
    files: ['*.config.js', 'force-app/test/jest-mocks/**/*.js'],
    extends: [js.configs.recommended],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { ...globals.node, ...globals.browser, ...jest.environments.globals.globals }
    }
  },
  {
    files: [
      'simulator/**/*.{js,mjs}',
      'tests/**/*.{js,mjs}',
      'scripts/**/*.{js,mjs}',
      'service/api/journey_page/*.js'
    ],
    extends: [js.configs.recommended],
    languageOptions: { sourceType: 'module', globals: { ...globals.node, ...globals.browser } },
    rules: {
      // A leading underscore says: needed for its place, not for its value.
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }]
    }
  },
  {
    files: ['personalization-templates/**/template.ts'],
    extends: [js.configs.recommended],
    languageOptions: { parser: typescript },
    rules: {
      // The compiler knows names and uses of types (tests/salesforce, template-types).
      'no-undef': 'off',
      'no-unused-vars': 'off',
      'no-var': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error'
    }
  },
  {
    // Runs on customers' sites, as a script of its own.
    files: ['service/api/tee.js'],
    extends: [js.configs.recommended],
    languageOptions: { sourceType: 'script', globals: globals.browser }
  },
  {
    // The shell of the local page plays the platform; the platform's rules for components end there.
    files: ['simulator/lightning/page/browser/**/*.js'],
    rules: { '@lwc/lwc/no-async-operation': 'off' }
  }
]);
