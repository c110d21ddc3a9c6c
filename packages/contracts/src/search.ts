/**
 * Unified search and correlation, served by the proxy. Both answer in lines of JSON (`application/x-ndjson`), written as
 * the stores answer: a reader must take lines in any order, and ignore lines of an unknown `type`.
 */
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { Signal } from './entities.ts';

/** RFC 3339 with any offset and up to nanoseconds; what we send is always UTC. */
const Instant = z.iso.datetime({ offset: true }).max(64);

/** A store that is searched. */
export const SearchSource = z.enum(['loki', 'tempo', 'prometheus', 'opensearch']);
export type SearchSource = z.infer<typeof SearchSource>;

/** What each source holds. */
export const SOURCE_SIGNAL: Readonly<Record<SearchSource, Signal>> = {
  loki: 'logs',
  tempo: 'traces',
  prometheus: 'metrics',
  opensearch: 'logs',
};

export const MAX_SEARCH_QUERY_LENGTH = 2048;
export const MAX_SEARCH_LIMIT = 500;
export const DEFAULT_SEARCH_LIMIT = 50;

export const SearchRequest = z
  .strictObject({
    query: z
      .string()
      .max(MAX_SEARCH_QUERY_LENGTH)
      .describe('Free text and `field:value` filters; empty asks for everything.'),
    from: Instant,
    to: Instant.describe('Exclusive.'),
    signals: z
      .array(Signal)
      .min(1)
      .max(Signal.options.length)
      .optional()
      .describe('All of them when left out.'),
    limit: z
      .int()
      .min(1)
      .max(MAX_SEARCH_LIMIT)
      .default(DEFAULT_SEARCH_LIMIT)
      .describe('Hits of each source.'),
    cursor: z
      .string()
      .max(64 * 1024)
      .optional()
      .describe('`next` of an earlier answer to the same request: goes on where each source stopped.'),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be later than "from"',
  });
/** As a caller writes it. */
export type SearchRequest = z.input<typeof SearchRequest>;

/** OpenTelemetry's short names, least to most severe (https://opentelemetry.io/docs/specs/otel/logs/data-model/). */
export const Severity = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
export type Severity = z.infer<typeof Severity>;

const TraceId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits');
const SpanId = z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 lower-case hex digits');

/** One log line, one trace (by the span in it that matched), or one series. */
export const SearchHit = z.object({
  id: z.string().max(128).describe('The same whenever the same thing is found again.'),
  signal: Signal,
  source: SearchSource,
  time: z.string().max(64).describe('UTC, up to nanoseconds; of a series, the end of what was searched.'),
  service: z.string().nullable(),
  severity: Severity.nullable(),
  title: z
    .string()
    .describe('The log line (cut when it is very long), the name of the span, or the name of the metric.'),
  attributes: z.record(z.string(), z.string()),
  traceId: TraceId.nullable(),
  spanId: SpanId.nullable(),
  durationMs: z.number().nullable().describe('Of the span; null for logs and metrics.'),
  nativeQuery: z.string().describe('Finds it: LogQL, TraceQL or PromQL, by `source`.'),
});
export type SearchHit = z.infer<typeof SearchHit>;

/**
 * - `ok`: this is all of it, up to `limit`; without hits, nothing matches.
 * - `partial`: there may be more than it could say; `reason` says why.
 * - `timed-out`, `failed`: it gave no answer, or broke off. What it had sent before counts.
 * - `not-configured`: this installation has no such store.
 * - `not-allowed`: the caller may not read this signal.
 */
export const SearchSourceState = z.enum([
  'ok',
  'partial',
  'timed-out',
  'failed',
  'not-configured',
  'not-allowed',
]);
export type SearchSourceState = z.infer<typeof SearchSourceState>;

export const SearchSourceStatus = z.object({
  type: z.literal('source'),
  source: SearchSource,
  signal: Signal,
  status: SearchSourceState,
  reason: z.string().nullable().describe('For people; null when there is nothing to explain.'),
  durationMs: z.number().describe('From the start of the search.'),
  firstHitMs: z.number().nullable().describe('From the start of the search; null without hits.'),
  hits: z.int().min(0),
});
export type SearchSourceStatus = z.infer<typeof SearchSourceStatus>;

/** `basis`: counted by the store over all that matches, or here over the hits that were sent. */
const Basis = z.enum(['store', 'hits']);

export const SearchFacets = z.object({
  type: z.literal('facets'),
  source: SearchSource,
  signal: Signal,
  basis: Basis,
  facets: z.array(
    z.object({
      field: z.string().describe('As it is written in a query: `service`, `level`.'),
      values: z
        .array(z.object({ value: z.string(), count: z.number() }))
        .describe('The most frequent ones, most frequent first.'),
    }),
  ),
});
export type SearchFacets = z.infer<typeof SearchFacets>;

export const SearchHistogram = z.object({
  type: z.literal('histogram'),
  source: SearchSource,
  signal: Signal,
  basis: Basis,
  unit: z.enum(['lines', 'spans', 'traces', 'series']).describe('What is counted.'),
  start: z.string().describe('Of the first bucket.'),
  stepMs: z.int().positive(),
  series: z
    .array(z.object({ severity: Severity.nullable(), counts: z.array(z.number()) }))
    .describe('One count per bucket, oldest first; all series have the same number.'),
});
export type SearchHistogram = z.infer<typeof SearchHistogram>;

export const SearchDone = z.object({
  type: z.literal('done'),
  next: z
    .string()
    .nullable()
    .describe('The cursor that goes on from here; null when every source is through.'),
  durationMs: z.number(),
});
export type SearchDone = z.infer<typeof SearchDone>;

/** A source says `source` when it is through; `done` comes last, and its absence means that the answer was cut. */
export const SearchLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hit'), hit: SearchHit }),
  SearchSourceStatus,
  SearchFacets,
  SearchHistogram,
  SearchDone,
]);
export type SearchLine = z.infer<typeof SearchLine>;

/** What must be known of a hit to find what belongs to it; a whole {@link SearchHit} will do. */
const Anchor = z.object({
  signal: Signal,
  time: Instant,
  service: z.string().max(1024).nullable(),
  traceId: TraceId.nullable(),
});

export const CorrelateRequest = z.strictObject({
  hit: Anchor,
  signals: z.array(Signal).min(1).max(Signal.options.length).optional(),
  windowSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('How far before and after the hit to look.'),
  limit: z.int().min(1).max(100).default(20).describe('Hits of each relation in each source.'),
});
export type CorrelateRequest = z.input<typeof CorrelateRequest>;

/**
 * Why something is related: `trace`, it has the same trace id; `exemplar`, a metric holds that trace as an example of
 * its values; `service`, it is of the same service within the window; `time`, something failed elsewhere within it.
 */
export const Relation = z.enum(['trace', 'exemplar', 'service', 'time']);
export type Relation = z.infer<typeof Relation>;

export const CorrelateLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('related'), relation: Relation, hit: SearchHit }),
  SearchSourceStatus,
  SearchDone,
]);
export type CorrelateLine = z.infer<typeof CorrelateLine>;

/**
 * Takes a query token or a user's token; the permission is asked per signal (`logs:read`, …), and a signal that the caller
 * may not read is said to be `not-allowed` among the answers of the others. 403 only when none may be read.
 */
export const search = defineEndpoint({
  id: 'search',
  method: 'POST',
  path: '/api/v1/search',
  summary: 'Search logs, traces and metrics',
  tag: 'Search',
  caller: 'actor',
  permission: 'signed-in',
  request: SearchRequest,
  response: SearchLine,
  lines: true,
  status: 200,
  problems: [],
});

/** Who may call, as {@link search}. */
export const correlate = defineEndpoint({
  id: 'correlate',
  method: 'POST',
  path: '/api/v1/correlate',
  summary: 'What of other signals belongs to a hit',
  tag: 'Search',
  caller: 'actor',
  permission: 'signed-in',
  request: CorrelateRequest,
  response: CorrelateLine,
  lines: true,
  status: 200,
  problems: [],
});
