import i18n from '@grafana/i18n/eslint-plugin';
import { defineConfig } from 'eslint/config';
import scaffolded from './.config/eslint.config.mjs';

export default defineConfig([
  { ignores: ['dist/', 'node_modules/', 'playwright-report/', 'test-results/', '.config/'] },
  ...scaffolded,
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/**/*.test.{ts,tsx}', 'src/test/**'],
    plugins: { '@grafana/i18n': i18n },
    rules: {
      '@grafana/i18n/no-untranslated-strings': 'error',
      '@grafana/i18n/no-translation-top-level': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}', 'tests/**/*.ts'],
    // The admin pages read every answer of control-plane with the contracts' own schemas; tests reach no browser.
    ignores: ['src/api/**', 'src/test/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^@obstack/(?!contracts(/|$))',
              message: 'Of our own packages a plugin imports contracts only.',
            },
            {
              // As values they would bring zod along: what a page checks, it checks by hand.
              regex: '^@obstack/contracts',
              allowTypeImports: true,
              message: 'Import the types of contracts only.',
            },
          ],
        },
      ],
    },
  },
]);
