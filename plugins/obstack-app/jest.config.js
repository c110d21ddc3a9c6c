// Fixed, so that times in tests mean the same everywhere.
process.env.TZ = 'UTC';

module.exports = {
  // Jest configuration provided by Grafana scaffolding
  ...require('./.config/jest.config'),
  displayName: 'obstack-app',
  testEnvironment: '<rootDir>/tools/jest-environment.js',
  // Real components on two busy cores; as in the root's own projects.
  testTimeout: 30_000,
};
