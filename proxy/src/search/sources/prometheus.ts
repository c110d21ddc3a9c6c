// Series in Prometheus 3 (https://prometheus.io/docs/prometheus/latest/querying/api/). A hit is a series whose name or
// labels match; all that match are fetched at once, because the API has no pages, and no order, of its own.
import { createHash } from 'node:crypto';
import type { SearchHit } from '@obstack/contracts/search';
import { z } from 'zod';
import { Histogram } from '../buckets.ts';
import type { Buckets } from '../buckets.ts';
import { FacetCounter } from '../facet-counts.ts';
import type { SearchQuery } from '../language/query.ts';
import { attributesOf, firstOf, positionOf, traceIdIn } from './shared.ts';
import type { Ask, Counted, Found, Page, Source } from '../source.ts';
import { instantOf } from '../time.ts';
import { literal } from '../translate/literals.ts';
import { toPromql } from '../translate/to-promql.ts';

const SERIES = '/api/v1/series';
const QUERY_RANGE = '/api/v1/query_range';
const EXEMPLARS = '/api/v1/query_exemplars';
const MAX_SERIES = 10_000;
const SECOND = 1_000_000_000n;
/** Ranges are widened to this, so that searches shortly after one another ask for the same series. */
const ROUND_SECONDS = 60n;
/** What senders call the trace of an exemplar; the first is OpenMetrics' own. */
const TRACE_LABELS = ['trace_id', 'traceID', 'traceId'];

const Position = z.strictObject({ after: z.string().max(8_192) });

const Labels = z.record(z.string(), z.string());
type Labels = z.infer<typeof Labels>;
const SeriesAnswer = z.object({ data: z.array(Labels) });
const Matrix = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
});
const Exemplars = z.object({
  data: z
    .array(
      z.object({
        seriesLabels: Labels,
        exemplars: z.array(z.object({ labels: Labels, value: z.string(), timestamp: z.number() })),
      }),
    )
    .nullable(),
});

interface Known {
  readonly labels: Labels;
  /** Unique; the order of pages. */
  readonly key: string;
}

/** @param serviceLabels the service is the first of these that a series has */
export function createPrometheusSource(serviceLabels: readonly string[]): Source {
  async function seriesOf(
    branches: readonly string[],
    { from, to }: { from: bigint; to: bigint },
    ask: Ask,
  ): Promise<{ series: Known[]; isCut: boolean }> {
    const range = ROUND_SECONDS * SECOND;
    const answer = await ask.shared(SERIES, [
      ...branches.flatMap((selector) => ['match[]', selector]),
      ...['start', String((from / range) * ROUND_SECONDS)],
      ...['end', String((to / range + 1n) * ROUND_SECONDS)],
      ...['limit', String(MAX_SERIES)],
    ]);
    const series = listOf(answer);
    return { series, isCut: series.length >= MAX_SERIES };
  }

  async function find(query: SearchQuery, page: Page, ask: Ask): Promise<Found> {
    const translated = toPromql(query, serviceLabels);
    if ('inapplicable' in translated) return { hits: [], next: undefined, ...translated };
    const { series, isCut } = await seriesOf(translated.branches, page, ask);
    const after = page.position === undefined ? '' : positionOf(page.position, Position).after;
    const left = after === '' ? series : series.slice(indexAfter(series, after));
    const kept = left.slice(0, page.limit);
    const last = kept.at(-1);
    return {
      hits: kept.map(({ labels, key }) => hitOf(labels, key, page.to, serviceLabels)),
      next: last && left.length > kept.length ? JSON.stringify({ after: last.key }) : undefined,
      partial: isCut ? `only ${MAX_SERIES} of the series were looked at: narrow the search` : undefined,
    };
  }

  async function count(query: SearchQuery, buckets: Buckets, ask: Ask): Promise<Counted> {
    const histogram = new Histogram(buckets);
    const facets = new FacetCounter();
    const translated = toPromql(query, serviceLabels);
    if ('branches' in translated) {
      const { branches } = translated;
      const { startMs, stepMs, count: size } = buckets;
      const from = BigInt(startMs) * 1_000_000n;
      const [answer, { series }] = await Promise.all([
        ask.shared(QUERY_RANGE, [
          ...['query', countQuery(branches)],
          ...['start', String((startMs + stepMs) / 1000), 'end', String((startMs + size * stepMs) / 1000)],
          ...['step', String(stepMs / 1000)],
        ]),
        seriesOf(branches, { from, to: from + BigInt(size * stepMs) * 1_000_000n }, ask),
      ]);
      for (const { values } of Matrix.parse(answer).data.result) {
        for (const [at, text] of values) histogram.add(null, at * 1000 - stepMs, Number(text));
      }
      for (const { labels } of series) {
        facets.add('service', firstOf(labels, serviceLabels), 1);
        facets.add('name', labels['__name__'], 1);
      }
    }
    return { histogram: { unit: 'series', series: histogram.series }, facets: facets.counts };
  }

  async function exemplarsOf(traceId: string, about: SearchQuery, page: Page, ask: Ask): Promise<Found> {
    const translated = toPromql(about, serviceLabels);
    if ('inapplicable' in translated) return { hits: [], next: undefined, ...translated };
    const answer = await ask(EXEMPLARS, [
      ...['query', translated.branches.join(' or ')],
      ...['start', String(page.from / SECOND), 'end', String(page.to / SECOND + 1n)],
    ]);
    const hits = (Exemplars.parse(answer).data ?? []).flatMap(({ seriesLabels, exemplars }) => {
      const own = exemplars.filter(
        ({ labels }) => traceIdIn(firstOf(labels, TRACE_LABELS) ?? undefined) === traceId,
      );
      return own.slice(0, 1).map(({ timestamp, value, labels }): SearchHit => {
        const at = BigInt(Math.round(timestamp * 1000)) * 1_000_000n;
        const hit = hitOf(seriesLabels, keyOf(seriesLabels), at, serviceLabels);
        return {
          ...hit,
          attributes: attributesOf({ ...hit.attributes, ...labels, exemplar: value }),
          traceId,
        };
      });
    });
    return { hits: hits.slice(0, page.limit), next: undefined };
  }

  return { name: 'prometheus', signal: 'metrics', find, count, exemplarsOf };
}

/**
 * How many series there are at a time. `or` compares labels without the name, so several selectors are told apart by a
 * label that repeats it.
 */
function countQuery(branches: readonly string[]): string {
  if (branches.length === 1) return `count(${branches[0]})`;
  const named = branches.map((each) => `label_replace(${each}, "series_name", "$1", "__name__", "(.*)")`);
  return `count(${named.join(' or ')})`;
}

/** The same answer, when it is shared, is read and sorted once. */
const listed = new WeakMap<object, Known[]>();

function listOf(answer: unknown): Known[] {
  const known = typeof answer === 'object' && answer !== null ? listed.get(answer) : undefined;
  if (known) return known;
  const series = SeriesAnswer.parse(answer)
    .data.map((labels) => ({ labels, key: keyOf(labels) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  listed.set(answer as object, series);
  return series;
}

/** By name, then by labels. A key is made for finding and comparing, never to be read back. */
function keyOf(labels: Labels): string {
  const rest = Object.entries(labels)
    .filter(([name]) => name !== '__name__')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat();
  const key = JSON.stringify([labels['__name__'] ?? '', ...rest]);
  return key.length <= 1_024 ? key : key.slice(0, 900) + createHash('sha1').update(key).digest('base64url');
}

function indexAfter(series: readonly Known[], key: string): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series[middle]?.key ?? '') > key) high = middle;
    else low = middle + 1;
  }
  return low;
}

function hitOf(labels: Labels, key: string, at: bigint, serviceLabels: readonly string[]): SearchHit {
  const { __name__: name = '', ...rest } = labels;
  return {
    id: createHash('sha1').update(key).digest('base64url').slice(0, 22),
    signal: 'metrics',
    source: 'prometheus',
    time: instantOf(at),
    service: firstOf(labels, serviceLabels),
    severity: null,
    title: name,
    attributes: attributesOf(rest),
    traceId: null,
    spanId: null,
    durationMs: null,
    nativeQuery: selectorOf(labels),
  };
}

const LEGACY_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function selectorOf(labels: Labels): string {
  const matchers = Object.entries(labels)
    .filter(([name]) => name !== 'tenant_id')
    .map(([name, value]) => {
      const quoted = LEGACY_NAME.test(name) ? name : literal(name.toWellFormed(), 'escaped');
      return `${quoted}=${literal(value.toWellFormed(), 'escaped')}`;
    });
  return `{${matchers.join(',')}}`;
}
