import { describe, expect, it } from '@jest/globals';
import { BLANK, redactPath, redactText } from './redact.ts';

describe('redactPath', () => {
  it('keeps our own words and ids', () => {
    for (const path of [
      '/',
      '/api/v1/openapi.json',
      '/api/v1/tenants/3f0c4c9e-5b0e-4d5c-9f64-0e1d5a1c2b7a/query-tokens/0Az9bcDEfgh1/rotate',
      '/api/v1/tenants/3f0c4c9e-5b0e-4d5c-9f64-0e1d5a1c2b7a/roles/on-call',
    ]) {
      expect(redactPath(path)).toBe(path);
    }
  });

  it.each([
    'hunter2-with-Capitals',
    'seven%20words',
    'a3f9c2d84be1f06a',
    `obk_000000000000_${'x'.repeat(38)}`,
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
    'x'.repeat(51),
    'T8sKq2Lm9vXzR4bNc7WdF1gHj5PyQ3aEo6UiVtBkMn0',
  ])('blanks %s', (secret) => {
    expect(redactPath(`/api/v1/tenants/${secret}/keys`)).toBe(`/api/v1/tenants/${BLANK}/keys`);
  });
});

describe('redactText', () => {
  it('blanks a JWT wherever it stands, with or without its signature', () => {
    const text = redactText(
      'got "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl" and eyJhbGciOiJFUzI1NiJ9.eyJzdWIi.',
    );
    expect(text).toBe(`got "${BLANK}" and ${BLANK}`);
  });
});
