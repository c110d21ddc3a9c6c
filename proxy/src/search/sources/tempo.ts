// Traces in Tempo 2.8 (https://grafana.com/docs/tempo/latest/api_docs/). A hit is a trace, told by a span in it that
// matched: what Tempo says of a trace as a whole may be about spans of others (docs/decisions/traces-of-several-tenants.md).
import type { SearchHit, Severity } from '@obstack/contracts/search';
import { z } from 'zod';
import type { Buckets } from '../buckets.ts';
import { countedBy } from '../count-rows.ts';
import type { SearchQuery } from '../language/query.ts';
import { attributesOf, firstOf, positionOf, spanIdIn, traceIdIn } from './shared.ts';
import type { CountRow } from '../settled-counts.ts';
import type { Ask, Counted, Found, Page, Source } from '../source.ts';
import { instantOf } from '../time.ts';
import { toTraceql, traceIdCondition } from '../translate/to-traceql.ts';

const SEARCH = '/api/search';
const QUERY_RANGE = '/api/metrics/query_range';
/** Of each trace: enough to find its root among them more often than not. */
const SPANS = 5;
/** Asked for at once at most, those that were seen before included. */
const MAX_ASKED = 4_000;
const SECOND = 1_000_000_000n;

/** The last trace that was given, and how many of the same second were given before it. */
const Position = z.strictObject({
  at: z.string().regex(/^\d{1,19}$/),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  seen: z.int().min(0).max(MAX_ASKED),
});
type Position = z.infer<typeof Position>;

const Attribute = z.object({
  key: z.string(),
  value: z.object({
    stringValue: z.string().optional(),
    intValue: z.union([z.string(), z.number()]).optional(),
    doubleValue: z.number().optional(),
    boolValue: z.boolean().optional(),
  }),
});

const Span = z.object({
  spanID: z.string(),
  name: z.string().default(''),
  startTimeUnixNano: z.string(),
  durationNanos: z.string().default('0'),
  attributes: z.array(Attribute).default([]),
});
type Span = z.infer<typeof Span>;

const Trace = z.object({
  traceID: z.string(),
  startTimeUnixNano: z.string().default('0'),
  spanSets: z.array(z.object({ spans: z.array(Span).default([]) })).default([]),
});
type Trace = z.infer<typeof Trace>;

const Traces = z.object({ traces: z.array(Trace).default([]) });

const Matrix = z.object({
  series: z
    .array(
      z.object({
        labels: z.array(Attribute).default([]),
        samples: z
          .array(z.object({ timestampMs: z.coerce.number(), value: z.number().default(0) }))
          .default([]),
      }),
    )
    .default([]),
});

interface FoundTrace {
  readonly at: bigint;
  readonly id: string;
  readonly trace: Trace;
}

/** @param serviceAttributes of the resource; the service is the first of these that it has */
export function createTempoSource(serviceAttributes: readonly string[]): Source {
  const grouping = serviceAttributes.map((name) => `resource.${name}`);

  async function find(query: SearchQuery, page: Page, ask: Ask): Promise<Found> {
    const translated = toTraceql(query, serviceAttributes);
    if ('inapplicable' in translated) return { hits: [], next: undefined, ...translated };
    const [filter] = translated.branches;
    const selected = ['name', 'status', 'kind', 'nestedSetParent', ...grouping].join(', ');
    const traceql = `${filter} | select(${selected}) with (most_recent=true)`;
    const position = page.position === undefined ? undefined : positionOf(page.position, Position);
    // Tempo counts in seconds: those of the last one come again, and those outside of the range are left out here.
    const end = secondAfter(position ? BigInt(position.at) : page.to - 1n);
    let limit = Math.min(page.limit + (position?.seen ?? 0) + 1, MAX_ASKED);
    for (;;) {
      const answer = await ask(SEARCH, [
        ...['q', traceql, 'limit', String(limit), 'spss', String(SPANS)],
        ...['start', String(page.from / SECOND), 'end', String(end)],
      ]);
      const all = tracesIn(answer);
      const left = all.filter(
        (found) => found.at >= page.from && found.at < page.to && (!position || isAfter(found, position)),
      );
      const isCut = all.length >= limit;
      // All of these may have been seen, or lie outside: there is more to come behind them.
      if (isCut && left.length < page.limit && limit < MAX_ASKED) {
        limit = Math.min(limit * 4, MAX_ASKED);
        continue;
      }
      const kept = left.slice(0, page.limit);
      const hits = kept.flatMap(({ trace }) => hitOf(trace, serviceAttributes) ?? []);
      const last = kept.at(-1);
      if (last && (isCut || left.length > kept.length)) {
        return { hits, next: JSON.stringify(positionAfter(last, all)) };
      }
      const partial = isCut ? `more than ${MAX_ASKED} traces within one second` : undefined;
      return { hits, next: undefined, partial };
    }
  }

  async function count(query: SearchQuery, buckets: Buckets, ask: Ask): Promise<Counted> {
    const translated = toTraceql(query, serviceAttributes);
    const branches = 'branches' in translated ? translated.branches : [];
    const rowsOf = async (branch: string, { startMs, stepMs, count: size }: Buckets): Promise<CountRow[]> => {
      const answer = await ask.shared(QUERY_RANGE, [
        ...['q', `${branch} | count_over_time() by (${[...grouping, 'status'].join(', ')})`],
        ...['start', String(startMs / 1000), 'end', String((startMs + size * stepMs) / 1000)],
        ...['step', `${stepMs / 1000}s`],
      ]);
      return Matrix.parse(answer).series.flatMap(({ labels, samples }) => {
        const values = textsOf(labels);
        const kind = { severity: severityOf(values), service: firstOf(values, grouping) };
        return samples.map(({ timestampMs, value }) => ({ atMs: timestampMs, ...kind, count: value }));
      });
    };
    const rows = await ask.settled(branches, buckets, async (missing) =>
      (await Promise.all(branches.map((branch) => rowsOf(branch, missing)))).flat(),
    );
    return countedBy(rows, 'spans', buckets);
  }

  return { name: 'tempo', signal: 'traces', find, count };
}

/** Newest first, of equal times by id. */
function tracesIn(answer: unknown): FoundTrace[] {
  return Traces.parse(answer)
    .traces.map((trace) => ({
      at: BigInt(trace.startTimeUnixNano),
      id: trace.traceID.toLowerCase().padStart(32, '0'),
      trace,
    }))
    .sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at > b.at ? -1 : 1));
}

function isAfter(found: FoundTrace, position: Position): boolean {
  const at = BigInt(position.at);
  return found.at < at || (found.at === at && found.id > position.id);
}

function positionAfter(last: FoundTrace, all: readonly FoundTrace[]): Position {
  const end = secondAfter(last.at);
  const seen = all.slice(0, all.indexOf(last) + 1).filter(({ at }) => secondAfter(at) === end).length;
  return { at: String(last.at), id: last.id, seen: Math.min(seen, MAX_ASKED) };
}

const secondAfter = (nanos: bigint): bigint => nanos / SECOND + 1n;

/** Told by its root where that matched, otherwise by the earliest span that did. */
function hitOf(trace: Trace, serviceAttributes: readonly string[]): SearchHit | undefined {
  const spans = trace.spanSets.flatMap(({ spans }) => spans);
  const byTime = spans.toSorted((a, b) =>
    BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1,
  );
  const span = byTime.find(isRoot) ?? byTime[0];
  const traceId = traceIdIn(trace.traceID);
  if (!span || traceId === null) return undefined;
  const attributes = textsOf(span.attributes);
  const { nestedSetParent: _, ...shown } = attributes;
  return {
    id: traceId,
    signal: 'traces',
    source: 'tempo',
    time: instantOf(BigInt(span.startTimeUnixNano)),
    service: firstOf(attributes, serviceAttributes),
    severity: spans.some(({ attributes: each }) => severityOf(textsOf(each))) ? 'error' : null,
    title: span.name,
    attributes: attributesOf(shown),
    traceId,
    spanId: spanIdIn(span.spanID),
    durationMs: Number(span.durationNanos) / 1e6,
    nativeQuery: `{ ${traceIdCondition(traceId)} }`,
  };
}

const isRoot = ({ attributes }: Span): boolean => Number(textsOf(attributes)['nestedSetParent'] ?? 0) < 0;

const severityOf = ({ status }: Readonly<Record<string, string>>): Severity | null =>
  status === 'error' ? 'error' : null;

function textsOf(attributes: readonly z.infer<typeof Attribute>[]): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      String(value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? ''),
    ]),
  );
}
