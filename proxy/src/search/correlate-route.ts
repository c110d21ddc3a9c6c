// POST /api/v1/correlate: what of other signals belongs to a hit. Every relation is a search of its own, put together here
// rather than written as text; so it takes the same way to the stores as what people type.
import { SIGNALS } from '@obstack/contracts';
import { correlate, CorrelateRequest } from '@obstack/contracts/search';
import type { CorrelateLine, Relation, SearchHit } from '@obstack/contracts/search';
import type { z } from 'zod';
import type { Route } from '../http/router.ts';
import { readJson } from './json-request.ts';
import type { Condition, SearchQuery } from './language/query.ts';
import { writeLines } from './line-writer.ts';
import { readableSignals } from './readers.ts';
import { msSince, runSource } from './run-source.ts';
import { notAsked } from './search-context.ts';
import type { SearchContext, SearchedSource } from './search-context.ts';
import type { Ask, Found, Page, Source } from './source.ts';
import { nanosOf } from './time.ts';

type Input = z.output<typeof CorrelateRequest>;

export function correlateRoute(context: SearchContext): Route {
  return {
    method: correlate.method,
    path: correlate.path,
    errors: 'problem',
    async handle(exchange) {
      const startedAt = performance.now();
      const { request, response } = exchange;
      const input = await readJson(request, exchange.search, CorrelateRequest);
      const signals = input.signals ?? SIGNALS;
      const { tenantId, notAllowed } = await readableSignals(context.identify, request, signals);
      const writer = writeLines<CorrelateLine>(response);

      const correlateOne = async ({ source, askAs }: SearchedSource): Promise<void> => {
        const seen = new Set<string>();
        const relate = (relation: Relation, hits: readonly SearchHit[]): number => {
          const fresh = hits.filter(({ id }) => !seen.has(id));
          for (const { id } of fresh) seen.add(id);
          writer.write(fresh.map((hit) => ({ type: 'related', relation, hit })));
          return fresh.length;
        };
        let related = 0;
        const status = await runSource(
          {
            ...{ source, startedAt, gone: writer.gone, timeoutMs: context.sourceTimeoutMs, log: context.log },
            askUntil: (signal, urgency) => askAs(tenantId, signal, urgency),
          },
          async (ask) => {
            let found: Found = { hits: [], next: undefined };
            // In order of how much each says; what is related in two ways is told by the stronger one.
            for (const { relation, find } of relationsOf(source, input)) {
              found = await find(ask);
              related += relate(relation, found.hits);
            }
            return { ...found, inapplicable: undefined };
          },
          () => undefined,
        );
        writer.write([{ ...status, hits: related }]);
      };

      const wanted = context.sources.filter(({ source }) => signals.includes(source.signal));
      for (const { source } of wanted) {
        const reason = notAllowed.get(source.signal);
        if (reason !== undefined) writer.write([notAsked(source.name, 'not-allowed', reason)]);
      }
      await Promise.all(wanted.filter(({ source }) => !notAllowed.has(source.signal)).map(correlateOne));
      writer.write([{ type: 'done', next: null, durationMs: msSince(startedAt) }]);
      writer.end();
    },
  };
}

interface Step {
  readonly relation: Relation;
  readonly find: (ask: Ask) => Promise<Found>;
}

const SECOND = 1_000_000_000n;
/** Logs and traces are listed newest first: what came long after the hit must not push out what led up to it. */
const AFTERMATH = 30n * SECOND;

/** The relations that a source can have to a hit, strongest first. */
function relationsOf(source: Source, { hit, windowSeconds, limit }: Input): Step[] {
  const { service, traceId } = hit;
  const at = nanosOf(hit.time);
  const window = BigInt(windowSeconds) * SECOND;
  const around: Page = { from: at - window, to: at + window, limit, position: undefined };
  const upTo: Page = { ...around, to: at + (window < AFTERMATH ? window : AFTERMATH) };
  const find =
    (page: Page, ...conditions: Condition[]): Step['find'] =>
    (ask) =>
      source.find(queryOf(conditions), page, ask);
  const ofService = service === null ? [] : [serviceIs(service)];
  const steps: Step[] = [];
  if (traceId !== null) {
    const trace: Condition = { kind: 'trace', id: traceId, isExcluded: false };
    if (source.signal !== 'metrics') steps.push({ relation: 'trace', find: find(around, trace) });
    const { exemplarsOf } = source;
    if (exemplarsOf) {
      steps.push({
        relation: 'exemplar',
        find: (ask) => exemplarsOf(traceId, queryOf(ofService), around, ask),
      });
    }
  }
  if (service !== null) steps.push({ relation: 'service', find: find(upTo, ...ofService) });
  if (source.signal !== 'metrics') {
    const elsewhere = service === null ? [] : [serviceIs(service, true)];
    steps.push({ relation: 'time', find: find(upTo, FAILED, ...elsewhere) });
  }
  return steps;
}

const FAILED: Condition = { kind: 'level', levels: ['error', 'fatal'], isExcluded: false };

const serviceIs = (service: string, isExcluded = false): Condition => ({
  kind: 'service',
  pattern: { text: service, isGlob: false },
  isExcluded,
});

const queryOf = (conditions: readonly Condition[]): SearchQuery => ({
  conditions,
  signals: undefined,
  sources: undefined,
});
