import { describe, expect, it } from '@jest/globals';
import * as contracts from '@obstack/contracts';
import { defineEndpoint, problemsOf, PROBLEMS, publicEndpoints } from '@obstack/contracts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { EXAMPLES } from './examples.ts';
import { openApiDocument } from './openapi.ts';

const document = openApiDocument(publicEndpoints);
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
const text = JSON.stringify(document);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, and every reference leads somewhere', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
    expect(() => validator.resolveRefs()).not.toThrow();
    for (const [, ref] of text.matchAll(/"\$ref":"#\/components\/(\w+\/[^"]+)"/g)) {
      const [kind, name] = ref!.split('/') as [string, string];
      expect(document.components[kind]).toHaveProperty([name]);
    }
  });

  it('has an operation for each endpoint, with its permission, its feature and all its problems', () => {
    expect(operations).toHaveLength(publicEndpoints.length);
    for (const endpoint of publicEndpoints) {
      const operation = operations.find(({ operationId }) => operationId === endpoint.id)!;
      const statuses = [endpoint.status, ...problemsOf(endpoint).map((code) => PROBLEMS[code].status)];
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(statuses.map(String)));
      if (endpoint.caller !== 'actor') continue;
      expect([operation['x-permission'], operation['x-feature']]).toEqual([
        endpoint.permission,
        endpoint.feature,
      ]);
      if (endpoint.permission.includes(':'))
        expect(operation['description']).toContain(`\`${endpoint.permission}\``);
    }
  });

  it('has the nouns of the API as components, and no definitions beside them', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Tenant', 'Key', 'User', 'Role', 'AuditEvent', 'Problem']),
    );
    expect(text).not.toContain('$defs');
  });

  it('describes every field of every noun, and has no example that is none', () => {
    const silent = Object.entries(document.components.schemas).flatMap(([noun, { properties = {} }]) =>
      Object.entries(properties as Record<string, { description?: string; $ref?: string }>)
        .filter(([, { description, $ref }]) => description === undefined && $ref === undefined)
        .map(([field]) => `${noun}.${field}`),
    );
    expect(silent.filter((place) => !SPEAKS_FOR_ITSELF.test(place))).toEqual([]);
    for (const [noun, example] of Object.entries(EXAMPLES)) {
      const schema = (contracts as Record<string, unknown>)[noun];
      expect(schema).toBeInstanceOf(z.ZodType);
      expect({ noun, parsed: (schema as z.ZodType).parse(example) }).toEqual({ noun, parsed: example });
    }
    for (const schema of Object.values<unknown>(contracts)) {
      if (!(schema instanceof z.ZodType)) continue;
      const { examples } = z.globalRegistry.get(schema) ?? {};
      for (const example of Array.isArray(examples) ? examples : []) schema.parse(example);
    }
  });

  it('refuses a noun that means one thing in requests and another in answers', () => {
    const shared = { tag: 'T', caller: 'anyone', summary: '', problems: [] } as const;
    const { CreateTenant } = contracts;
    const asks = defineEndpoint({
      ...shared,
      id: 'a',
      method: 'POST',
      path: '/a',
      request: CreateTenant,
      response: CreateTenant,
      status: 200,
    });
    expect(() => openApiDocument([asks])).toThrow(
      'CreateTenant is one thing in requests and another in answers',
    );
  });
});

/** By its name alone. */
const SPEAKS_FOR_ITSELF = /\.(id|name|email|password|description|createdAt|updatedAt|method|title|status)$/;
