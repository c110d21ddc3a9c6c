import { describe, expect, it } from '@jest/globals';
import { parseSearch } from '../language/parse.ts';
import { toQueryDsl } from './to-query-dsl.ts';

const translated = (text: string, fields = ['service_name']) => toQueryDsl(parseSearch(text), fields);
const filtered = (...filter: object[]) => ({ query: { bool: { filter, must_not: [] } } });
const oneOf = (...should: object[]) => ({ bool: { should, minimum_should_match: 1 } });
const missing = (field: string) => ({ bool: { must_not: [{ exists: { field } }] } });

describe('toQueryDsl', () => {
  it('looks for words in the body, and leaves out those that must not be there', () => {
    expect(translated('"card declined" -health')).toEqual({
      query: {
        bool: {
          filter: [{ match_phrase: { body: 'card declined' } }],
          must_not: [{ match_phrase: { body: 'health' } }],
        },
      },
    });
  });

  it('takes the first field for the service that is there', () => {
    expect(translated('service:a', ['service_name', 'resource.app'])).toEqual(
      filtered(
        oneOf(
          { bool: { filter: [{ term: { service_name: { value: 'a' } } }] } },
          { bool: { filter: [missing('service_name'), { term: { 'resource.app': { value: 'a' } } }] } },
        ),
      ),
    );
  });

  it('keeps what a glob means to itself as it was written', () => {
    expect(translated('resource.host.name:a?b\\*')).toEqual(
      filtered(oneOf({ wildcard: { 'resource.host.name': { value: 'a\\?b\\\\*' } } })),
    );
  });

  it('knows a level by its name, and by its number where it has no name', () => {
    const { query } = translated('level:>=error') as { query: unknown };
    const text = JSON.stringify(query);
    expect(text).toContain('(error|err|fatal|critical|crit|alert|emerg|emergency|panic)[1-4]?');
    expect(text).toContain('{"range":{"severity_number":{"gte":17,"lte":20}}}');
    expect(text).toContain('{"range":{"severity_number":{"gte":21,"lte":24}}}');
  });

  it.each(['name:x', 'duration:>1s', 'took:>100ms'])('%j is nothing that it could hold', (text) => {
    expect(translated(text)).toEqual({ inapplicable: expect.any(String) });
  });
});
