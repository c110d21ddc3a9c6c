// Logs in OpenSearch 2 (https://docs.opensearch.org/docs/latest/api-reference/search-apis/search/), in the tenant's own
// indices, as provisioning/opensearch/logs-template.json maps them.
import { createHash } from 'node:crypto';
import { Severity } from '@obstack/contracts/search';
import type { SearchHit } from '@obstack/contracts/search';
import { z } from 'zod';
import { Histogram } from '../buckets.ts';
import type { Buckets } from '../buckets.ts';
import { FacetCounter } from '../facet-counts.ts';
import type { SearchQuery } from '../language/query.ts';
import { normalSeverity } from '../severity.ts';
import type { Ask, Counted, Found, Page, Source } from '../source.ts';
import { instantOf, nanosOf } from '../time.ts';
import { isMissing, SEVERITY_NUMBER, toQueryDsl } from '../translate/to-query-dsl.ts';
import type { Clause } from '../translate/to-query-dsl.ts';
import { SEARCH } from '../tenant-indices.ts';
import { lineWalk } from './line-walk.ts';
import type { Line } from './line-walk.ts';
import { attributesOf, firstOf, spanIdIn, titleOf, traceIdIn } from './shared.ts';

const MAX_FACET_VALUES = 50;

const FORMAT = 'strict_date_optional_time_nanos';

const Documents = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        _index: z.string(),
        _id: z.string(),
        _source: z.record(z.string(), z.unknown()).default({}),
        fields: z.object({ '@timestamp': z.tuple([z.string()]) }),
      }),
    ),
  }),
});

const Terms = z.object({
  buckets: z.array(z.object({ key: z.union([z.string(), z.number()]), doc_count: z.number() })),
});
const Levels = { text: Terms, numbered: z.object({ number: Terms }) };
const Counts = z.object({
  aggregations: z
    .looseObject({ time: z.object({ buckets: z.array(z.object({ key: z.number(), ...Levels })) }) })
    // Of no index at all.
    .optional(),
});

/** @param serviceFields the service is the first of these that a document has */
export function createOpensearchSource(serviceFields: readonly string[]): Source {
  async function find(query: SearchQuery, page: Page, ask: Ask): Promise<Found> {
    const translated = toQueryDsl(query, serviceFields);
    if ('inapplicable' in translated) return { hits: [], next: undefined, ...translated };
    const walk = lineWalk(page);
    // One more than a page says whether there is another.
    const size = walk.atLeast + 1;
    const answer = await ask(SEARCH, [
      ...['size', String(size), 'query', JSON.stringify(during(page.from, walk.end, translated.query))],
      ...['sort', JSON.stringify([{ '@timestamp': { order: 'desc', unmapped_type: 'date_nanos' } }])],
      ...['docvalue_fields', JSON.stringify([{ field: '@timestamp', format: FORMAT }])],
    ]);
    const lines = linesIn(answer, serviceFields);
    return walk.page(lines, lines.length >= size);
  }

  async function count(query: SearchQuery, buckets: Buckets, ask: Ask): Promise<Counted> {
    const histogram = new Histogram(buckets);
    const facets = new FacetCounter();
    const translated = toQueryDsl(query, serviceFields);
    if ('query' in translated) {
      const { startMs, stepMs, count: size } = buckets;
      const from = BigInt(startMs) * 1_000_000n;
      const to = BigInt(startMs + size * stepMs) * 1_000_000n;
      const answer = await ask.shared(SEARCH, [
        ...['size', '0', 'query', JSON.stringify(during(from, to, translated.query))],
        ...['aggs', JSON.stringify(counting(stepMs))],
      ]);
      const { aggregations } = Counts.parse(answer);
      for (const { key, text, numbered } of aggregations?.time.buckets ?? []) {
        const add = (severity: Severity | null, lines: number): void => {
          histogram.add(severity, key, lines);
          facets.add('level', severity, lines);
        };
        for (const level of text.buckets) add(normalSeverity(String(level.key)), level.doc_count);
        for (const level of numbered.number.buckets)
          add(severityOfNumber(Number(level.key)), level.doc_count);
      }
      for (const i of serviceFields.keys()) {
        const { values } = z.object({ values: Terms }).parse(aggregations?.[`service${i}`] ?? NO_VALUES);
        for (const service of values.buckets) facets.add('service', String(service.key), service.doc_count);
      }
    }
    return { histogram: { unit: 'lines', series: histogram.series }, facets: facets.counts };
  }

  const counting = (stepMs: number): Readonly<Record<string, Clause>> => ({
    time: {
      date_histogram: { field: '@timestamp', fixed_interval: `${stepMs}ms`, min_doc_count: 1 },
      aggs: {
        text: { terms: { field: 'severity_text', size: MAX_FACET_VALUES } },
        numbered: {
          filter: isMissing('severity_text'),
          // None at all counts, too.
          aggs: { number: { terms: { field: 'severity_number', size: MAX_FACET_VALUES, missing: 0 } } },
        },
      },
    },
    ...Object.fromEntries(
      serviceFields.map((field, i) => [
        `service${i}`,
        {
          filter: { bool: { filter: serviceFields.slice(0, i).map(isMissing) } },
          aggs: { values: { terms: { field, size: MAX_FACET_VALUES } } },
        },
      ]),
    ),
  });

  return { name: 'opensearch', signal: 'logs', find, count };
}

const NO_VALUES = { values: { buckets: [] } };

const during = (from: bigint, to: bigint, query: Clause): Clause => ({
  bool: {
    filter: [{ range: { '@timestamp': { gte: instantOf(from), lt: instantOf(to), format: FORMAT } } }, query],
  },
});

function linesIn(answer: unknown, serviceFields: readonly string[]): Line[] {
  return Documents.parse(answer).hits.hits.map(({ _index, _id, _source, fields }) => {
    const { body, '@timestamp': _, ...rest } = _source;
    const all = flattened(rest);
    const line = typeof body === 'string' ? body : JSON.stringify(body ?? '');
    const nanos = nanosOf(fields['@timestamp'][0]);
    const hit: SearchHit = {
      id: createHash('sha1')
        .update(JSON.stringify([_index, _id]))
        .digest('base64url')
        .slice(0, 22),
      signal: 'logs',
      source: 'opensearch',
      time: instantOf(nanos),
      service: firstOf(all, serviceFields),
      severity: severityOf(all),
      title: titleOf(line),
      attributes: attributesOf(all),
      traceId: traceIdIn(all['trace_id']),
      spanId: spanIdIn(all['span_id']),
      durationMs: null,
      nativeQuery: `_index:${quoted(_index)} AND _id:${quoted(_id)}`,
    };
    return { nanos, hit };
  });
}

/** In the language of OpenSearch's query strings. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** `{a: {b: 1}}` is `a.b`, as OpenSearch names it. */
function flattened(value: object, path = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]: [string, unknown]): [string, string][] => {
      const field = path + name;
      if (typeof each === 'string') return [[field, each]];
      if (typeof each !== 'object' || Array.isArray(each)) return [[field, JSON.stringify(each)]];
      return each === null ? [] : Object.entries(flattened(each, `${field}.`));
    }),
  );
}

function severityOf(fields: Readonly<Record<string, string>>): Severity | null {
  const { severity_text: text, severity_number: number } = fields;
  return text ? normalSeverity(text) : severityOfNumber(Number(number ?? 0));
}

const severityOfNumber = (number: number): Severity | null =>
  Severity.options.find((level) => number >= SEVERITY_NUMBER[level] && number < SEVERITY_NUMBER[level] + 4) ??
  null;
