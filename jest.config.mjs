// `unit` needs no server; `real` runs against the real stores, databases and processes; each plugin brings its own
// configuration, as create-plugin made it, and counts with the others.
const common = {
  testEnvironment: '<rootDir>/tools/jest/environment.cjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tools/jest/strip-types.cjs' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/.obstack/'],
  testPathIgnorePatterns: ['/node_modules/', '/.obstack/', '<rootDir>/plugins/'],
};

export default {
  // A real part may need a moment; a test that needs longer says so itself.
  testTimeout: 30_000,
  // The machines this runs on have two cores, and the real stores want some of that too.
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tools/jest/summary-reporter.cjs'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, '\\.real\\.test\\.ts$'],
    },
    {
      ...common,
      displayName: 'real',
      testMatch: ['**/*.real.test.ts'],
      globalSetup: '<rootDir>/e2e/src/lab/global-setup.mjs',
      globalTeardown: '<rootDir>/e2e/src/lab/global-teardown.mjs',
    },
    '<rootDir>/plugins/*',
  ],
};
