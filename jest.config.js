const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

module.exports = {
  ...jestConfig,
  // Only our own source: the Lightning runtime keeps base components with the same module names.
  roots: ['<rootDir>/force-app'],
  testMatch: ['**/lwc/**/__tests__/**/*.test.js'],
  setupFilesAfterEnv: [
    ...(jestConfig.setupFilesAfterEnv ?? []),
    '<rootDir>/force-app/test/jest-mocks/accessibility.js',
    '<rootDir>/force-app/test/jest-mocks/customLabels.js'
  ]
};
