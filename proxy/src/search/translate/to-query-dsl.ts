// OpenSearch's query DSL of a search, over the fields that provisioning/opensearch/logs-template.json maps
// (https://docs.opensearch.org/docs/latest/query-dsl/). Text is looked for in the body, as whole words in their order;
// everything else in fields, whose strings are kept whole.
import type { Severity } from '@obstack/contracts/search';
import type { Level, Pattern, SearchQuery } from '../language/query.ts';
import { spellingsOf } from '../severity.ts';
import { escapeRegex } from './literals.ts';

/** A clause of the query DSL. */
export type Clause = Readonly<Record<string, unknown>>;

/** The first of a severity's four numbers (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber). */
export const SEVERITY_NUMBER: Readonly<Record<Severity, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};

/**
 * One clause that holds for what is looked for, or why there can be nothing.
 * @param serviceFields the service is the first of these that a document has
 */
export function toQueryDsl(
  { conditions }: SearchQuery,
  serviceFields: readonly string[],
): { readonly query: Clause } | { readonly inapplicable: string } {
  const filter: Clause[] = [];
  const not: Clause[] = [];
  for (const condition of conditions) {
    const put = (clause: Clause): unknown =>
      ('isExcluded' in condition && condition.isExcluded ? not : filter).push(clause);
    switch (condition.kind) {
      case 'text':
        put({ match_phrase: { body: condition.text } });
        break;
      case 'service':
        put(firstIs(serviceFields, condition.pattern));
        break;
      case 'level':
        put(levelIs(condition));
        break;
      case 'trace':
        // Some write it into the line.
        put(anyOf([{ term: { trace_id: condition.id } }, { match_phrase: { body: condition.id } }]));
        break;
      case 'span':
        put({ term: { span_id: condition.id } });
        break;
      case 'attribute':
        put(anyOf(fieldsOf(condition.name).map((field) => valueIs(field, condition.pattern))));
        break;
      case 'compared':
        if (!('number' in condition.value)) return { inapplicable: 'OpenSearch compares numbers only' };
        put(compared(condition.name, condition.comparison, condition.value.number));
        break;
      case 'name':
        if (!condition.isExcluded) return { inapplicable: 'a log line has no name' };
        break;
      case 'duration':
        return { inapplicable: 'a log line has no duration' };
    }
  }
  return { query: { bool: { filter, must_not: not } } };
}

export const anyOf = (should: readonly Clause[]): Clause => ({ bool: { should, minimum_should_match: 1 } });
export const isMissing = (field: string): Clause => ({ bool: { must_not: [{ exists: { field } }] } });

function firstIs(fields: readonly string[], pattern: Pattern): Clause {
  return anyOf(
    fields.map((field, i) => ({
      bool: { filter: [...fields.slice(0, i).map(isMissing), valueIs(field, pattern)] },
    })),
  );
}

function valueIs(field: string, { text, isGlob }: Pattern): Clause {
  if (!isGlob) return { term: { [field]: { value: text } } };
  return { wildcard: { [field]: { value: text.replace(/[?\\]/g, '\\$&') } } };
}

/** What the sender called it, or else its number. See `severityOf` in sources/opensearch.ts. */
function levelIs({ levels }: Level): Clause {
  const spellings = levels.flatMap(spellingsOf).map(escapeRegex).join('|');
  const numbered = levels.map((level) => ({
    range: { severity_number: { gte: SEVERITY_NUMBER[level], lte: SEVERITY_NUMBER[level] + 3 } },
  }));
  return anyOf([
    { regexp: { severity_text: { value: `(${spellings})[1-4]?`, case_insensitive: true } } },
    { bool: { filter: [isMissing('severity_text'), anyOf(numbered)] } },
  ]);
}

const OPERATOR = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const;

const compared = (name: string, comparison: keyof typeof OPERATOR, number: string): Clause =>
  anyOf(fieldsOf(name).map((field) => ({ range: { [field]: { [OPERATOR[comparison]]: Number(number) } } })));

const SCOPE = /^(resource|span|event|scope|instrumentation)\.(.+)$/;

/** Where an attribute may be: of the line, of its resource, or a field of its own. */
function fieldsOf(name: string): string[] {
  const [, scope, rest = name] = SCOPE.exec(name) ?? [];
  if (scope === 'resource') return [`resource.${rest}`];
  return [`attributes.${rest}`, `resource.${rest}`, rest];
}
