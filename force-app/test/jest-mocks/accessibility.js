// Gives every component test the matcher `toBeAccessible()`.
const { setup } = require('@sa11y/jest');

setup();
