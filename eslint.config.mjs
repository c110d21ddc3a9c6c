// One configuration for the whole repository. Beside the usual rules it enforces the direction of
// dependencies: contracts ← service-kit ← {proxy, control-plane}; `enforce-*` stays pure; each library that
// talks to the outside has one owner.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.ts', '**/test/**/*.ts'];

/** Forbidden imports of a layer: `regex` on the specifier, and what to do instead. */
const layer = (files, patterns, ignores = tests) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': ['error', { patterns: [acrossWorkspaces, ...patterns] }],
  },
});
const acrossWorkspaces = {
  regex: '^(\\.\\./)+(packages|proxy|control-plane|cli|provisioning/native|demo|bench|e2e)/',
  message: 'Import another workspace by its package name.',
};
const onlyObstack = (...names) => ({
  regex: `^@obstack/(?!(${names.join('|')})(/|$))`,
  message: `Of our own packages only ${names.join(' and ')} may be imported here.`,
});
const owned = (library, owner) => ({
  regex: `^(${library})(/|$)`,
  message: `${owner} is the only owner of this library.`,
});

const undici = owned('undici', 'proxy/src/upstream and tenancy/control-plane.ts');
const ws = owned('ws', 'proxy/src/query/loki-tail.ts');
const express = owned('express', 'control-plane app.ts and service-kit endpoint.ts');
const jose = owned('jose', 'service-kit/src/jwt.ts');
const redis = owned('@redis/client', 'service-kit/src/redis.ts');
const keycloak = owned('@keycloak/keycloak-admin-client', 'control-plane/src/identity/keycloak/admin.ts');
const s3 = owned('@aws-sdk/client-s3', 'control-plane/src/objects/s3.ts');
const sql = owned('knex|pg', 'control-plane: db/ and *-store.ts');
const proxyLayers = onlyObstack('contracts', 'service-kit');

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '.obstack/**',
      '**/dist/**',
      'coverage/**',
      'provisioning/native/builds/**',
      // Linted by create-plugin's own rules: `npm run lint -w obstack-app`.
      'plugins/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // The wire formats are walked by index; `noUncheckedIndexedAccess` asks for an assertion at each.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', process: 'readonly' },
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly' } } },

  // Everywhere, tests included; the layers below add to it.
  layer(['**/*.ts'], [], []),
  layer(
    ['packages/contracts/**/*.ts'],
    [{ regex: '^(?!zod$|\\.{1,2}/)', message: 'contracts runs in browser and Node, on zod alone.' }],
  ),
  layer(['packages/service-kit/**/*.ts'], [onlyObstack('contracts'), jose, redis]),
  layer(['packages/service-kit/src/jwt.ts'], [onlyObstack('contracts'), redis]),
  layer(['packages/service-kit/src/redis.ts'], [onlyObstack('contracts'), jose]),
  layer(['proxy/**/*.ts'], [proxyLayers, undici, ws, express, jose, redis, sql]),
  layer(
    ['proxy/src/upstream/**/*.ts', 'proxy/src/tenancy/control-plane.ts'],
    [proxyLayers, ws, express, jose, redis, sql],
  ),
  layer(['proxy/src/query/loki-tail.ts'], [proxyLayers, undici, express, jose, redis, sql]),
  layer(
    ['proxy/src/query/enforce-*.ts', 'proxy/src/query/matcher.ts', 'proxy/src/query/splice.ts'],
    [
      {
        regex: '^(?!@lezer/|@prometheus-io/lezer-promql|@grafana/lezer-|\\./(enforce-|matcher|splice))',
        message: 'Enforcement is pure: string in, string out, on its parser and the matcher alone.',
      },
    ],
  ),
  layer(['control-plane/**/*.ts'], [onlyObstack('contracts', 'service-kit'), jose, redis, sql, keycloak, s3]),
  layer(
    ['control-plane/src/identity/keycloak/admin.ts'],
    [onlyObstack('contracts', 'service-kit'), jose, redis, sql, s3],
  ),
  layer(
    ['control-plane/src/objects/s3.ts'],
    [onlyObstack('contracts', 'service-kit'), jose, redis, sql, keycloak],
  ),
  layer(
    ['control-plane/src/db/**/*.ts', 'control-plane/src/**/*-store.ts', 'control-plane/migrations/**/*.ts'],
    [onlyObstack('contracts', 'service-kit'), jose],
  ),
  layer(['provisioning/native/**/*.ts'], [onlyObstack('contracts', 'demo')]),
  layer(['cli/**/*.ts'], [onlyObstack('contracts', 'service-kit')]),
  layer(['demo/**/*.ts'], [onlyObstack('contracts', 'service-kit', 'native')]),
);
