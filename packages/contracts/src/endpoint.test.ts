import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { problemsOf } from './endpoint.ts';
import { getHealth, ingestionKeys, publicEndpoints } from './endpoints/index.ts';

describe('the declared endpoints', () => {
  it.each(publicEndpoints.map((endpoint) => [endpoint.id, endpoint] as const))(
    '%s agrees with itself',
    (_, endpoint) => {
      const inPath = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(endpoint.params?.shape ?? {})).toEqual(inPath);
      expect(endpoint.path).toMatch(/^\/api\/v1\//);
      expect(endpoint.response === undefined).toBe([204, 302].includes(endpoint.status));
    },
  );

  it('have ids and addresses of their own', () => {
    expect(new Set(publicEndpoints.map(({ id }) => id)).size).toBe(publicEndpoints.length);
    expect(new Set(publicEndpoints.map(({ method, path }) => `${method} ${path}`)).size).toBe(
      publicEndpoints.length,
    );
  });

  it('can all be described as JSON Schema, which OpenAPI needs', () => {
    for (const { params, query, request, response } of publicEndpoints) {
      for (const schema of [params, query, request]) if (schema) z.toJSONSchema(schema, { io: 'input' });
      if (response) z.toJSONSchema(response, { io: 'output' });
    }
  });

  it('say which problems follow from their shape', () => {
    expect(problemsOf(getHealth)).toEqual(['internal', 'unavailable']);
    expect(problemsOf(ingestionKeys.rotate)).toEqual(
      expect.arrayContaining(['conflict', 'not-found', 'invalid-request', 'unauthenticated', 'too-large']),
    );
  });
});
