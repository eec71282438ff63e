const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

const MOCKS = '<rootDir>/force-app/test/jest-mocks';

module.exports = {
  ...jestConfig,
  // Only our own source: the Lightning runtime keeps base components with the same module names.
  roots: ['<rootDir>/force-app'],
  testMatch: ['**/lwc/**/__tests__/**/*.test.js'],
  moduleNameMapper: {
    '^test/shadow$': `${MOCKS}/shadow.js`,
    '^lightning/modal$': `${MOCKS}/modal.js`
  },
  setupFilesAfterEnv: [
    ...(jestConfig.setupFilesAfterEnv ?? []),
    `${MOCKS}/accessibility.js`,
    `${MOCKS}/customLabels.js`,
    `${MOCKS}/customPermissions.js`,
    `${MOCKS}/intersectionObserver.js`
  ]
};
