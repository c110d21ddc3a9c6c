// Logs in Loki 3 (https://grafana.com/docs/loki/latest/reference/loki-http-api/).
import { createHash } from 'node:crypto';
import type { SearchHit, Severity } from '@obstack/contracts/search';
import { z } from 'zod';
import type { Buckets } from '../buckets.ts';
import { countedBy } from '../count-rows.ts';
import type { SearchQuery } from '../language/query.ts';
import { lineWalk } from './line-walk.ts';
import type { Line } from './line-walk.ts';
import { attributesOf, firstOf, stringsOf, spanIdIn, titleOf, traceIdIn } from './shared.ts';
import { normalSeverity } from '../severity.ts';
import type { CountRow } from '../settled-counts.ts';
import type { Ask, Counted, Found, Page, Source } from '../source.ts';
import { instantOf } from '../time.ts';
import { literal } from '../translate/literals.ts';
import { toLogql } from '../translate/to-logql.ts';

const QUERY_RANGE = '/loki/api/v1/query_range';

const Streams = z.object({
  data: z.object({
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        values: z.array(
          z.tuple([z.string(), z.string()]).rest(
            z.object({
              structuredMetadata: z.record(z.string(), z.string()).optional(),
              parsed: z.record(z.string(), z.string()).optional(),
            }),
          ),
        ),
      }),
    ),
  }),
});

const Matrix = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** @param serviceLabels the service is the first of these that a stream has */
export function createLokiSource(serviceLabels: readonly string[]): Source {
  async function find(query: SearchQuery, page: Page, ask: Ask): Promise<Found> {
    const translated = toLogql(query, serviceLabels);
    if ('inapplicable' in translated) return { hits: [], next: undefined, ...translated };
    const walk = lineWalk(page);
    const found = await Promise.all(
      translated.branches.map(async (branch) => {
        const answer = await ask(QUERY_RANGE, [
          ...['query', branch, 'direction', 'backward', 'limit', String(walk.atLeast)],
          ...['start', String(page.from), 'end', String(walk.end)],
        ]);
        return linesIn(answer, serviceLabels);
      }),
    );
    return walk.page(
      found.flat(),
      found.some((lines) => lines.length >= walk.atLeast),
    );
  }

  async function count(query: SearchQuery, buckets: Buckets, ask: Ask): Promise<Counted> {
    const translated = toLogql(query, serviceLabels);
    const branches = 'branches' in translated ? translated.branches : [];
    const labels = [...new Set([...serviceLabels, ...LEVEL_LABELS])].join(', ');
    const rowsOf = async (branch: string, { startMs, stepMs, count: size }: Buckets): Promise<CountRow[]> => {
      const answer = await ask.shared(QUERY_RANGE, [
        ...['query', `sum by (${labels}) (count_over_time(${branch} [${stepMs}ms]))`],
        // A value at t counts what came in the step before it.
        ...['start', nanos(startMs + stepMs), 'end', nanos(startMs + size * stepMs)],
        ...['step', `${stepMs / 1000}s`],
      ]);
      return Matrix.parse(answer).data.result.flatMap(({ metric, values }) => {
        const kind = { severity: severityOf(metric), service: firstOf(metric, serviceLabels) };
        return values.map(([at, text]) => ({ atMs: at * 1000 - stepMs, ...kind, count: Number(text) }));
      });
    };
    const rows = await ask.settled(branches, buckets, async (missing) =>
      (await Promise.all(branches.map((branch) => rowsOf(branch, missing)))).flat(),
    );
    return countedBy(rows, 'lines', buckets);
  }

  return { name: 'loki', signal: 'logs', find, count };
}

const nanos = (ms: number): string => `${ms}000000`;

function linesIn(answer: unknown, serviceLabels: readonly string[]): Line[] {
  return Streams.parse(answer).data.result.flatMap(({ stream, values }) => {
    const selector = selectorOf(stream);
    return values.map(([at, line, beside]) => {
      const metadata = { ...beside?.structuredMetadata, ...beside?.parsed };
      const all = { ...metadata, ...stream };
      const nanosAt = BigInt(at);
      const hit: SearchHit = {
        id: idOf(at, selector, line, metadata),
        signal: 'logs',
        source: 'loki',
        time: instantOf(nanosAt),
        service: firstOf(all, serviceLabels),
        severity: severityOf(all),
        title: titleOf(line),
        attributes: attributesOf(all),
        traceId: traceIdIn(stringsOf(all, ['trace_id', 'traceID', 'traceId', 'traceid'])),
        spanId: spanIdIn(stringsOf(all, ['span_id', 'spanID', 'spanId', 'spanid'])),
        durationMs: null,
        nativeQuery: `${selector} |= ${literal(line.slice(0, 256).toWellFormed(), 'escaped')}`,
      };
      return { nanos: nanosAt, hit };
    });
  });
}

function selectorOf(stream: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(stream)
    .filter(([name]) => name !== 'tenant_id')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${literal(value.toWellFormed(), 'escaped')}`);
  return `{${matchers.length > 0 ? matchers.join(', ') : 'tenant_id!=""'}}`;
}

/** Lines of one stream that agree in all of this are one line to Loki as well. */
function idOf(
  at: string,
  selector: string,
  line: string,
  metadata: Readonly<Record<string, string>>,
): string {
  const beside = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha1')
    .update(JSON.stringify([at, selector, line, beside]))
    .digest('base64url')
    .slice(0, 22);
}

const LEVEL_LABELS = ['detected_level', 'severity_text', 'level'] as const;

/** As `levelFilter` in to-logql.ts selects: what Loki detected, or else what the sender called it. */
function severityOf(labels: Readonly<Record<string, string>>): Severity | null {
  const detected = labels['detected_level'];
  if (detected !== undefined && detected !== '' && detected !== 'unknown') return normalSeverity(detected);
  return normalSeverity(labels['severity_text'] || labels['level']);
}
