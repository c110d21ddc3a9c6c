// POST /api/v1/search, one straight line: read → understand → who asks → ask all sources at once → stream what comes.
import { SIGNALS } from '@obstack/contracts';
import { search, SearchRequest } from '@obstack/contracts/search';
import type { SearchLine, SearchSource } from '@obstack/contracts/search';
import { refuse } from '../http/refusal.ts';
import type { Route } from '../http/router.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Walk } from './cursor.ts';
import { readJson } from './json-request.ts';
import { parseSearch } from './language/parse.ts';
import type { SearchQuery } from './language/query.ts';
import { SearchQueryError } from './language/search-query-error.ts';
import { writeLines } from './line-writer.ts';
import { readableSignals } from './readers.ts';
import { countLines, msSince, runSource } from './run-source.ts';
import { notAsked } from './search-context.ts';
import type { SearchContext, SearchedSource } from './search-context.ts';
import { nanosOf } from './time.ts';

export function searchRoute(context: SearchContext): Route {
  return {
    method: search.method,
    path: search.path,
    errors: 'problem',
    async handle(exchange) {
      const startedAt = performance.now();
      const { request, response } = exchange;
      const input = await readJson(request, exchange.search, SearchRequest);
      const query = understood(input.query);
      const signals = (input.signals ?? SIGNALS).filter((signal) => query.signals?.has(signal) ?? true);
      if (signals.length === 0) throw nothingLeft();
      const { tenantId, notAllowed } = await readableSignals(context.identify, request, signals);
      const walk: Walk = { tenantId, ...input, signals: input.signals };
      const positions = input.cursor === undefined ? undefined : decodeCursor(walk, input.cursor);

      const writer = writeLines<SearchLine>(response);
      const next = new Map<SearchSource, string | null>();
      const range = { from: nanosOf(input.from), to: nanosOf(input.to), limit: input.limit };

      const searchOne = async ({ source, askAs }: SearchedSource): Promise<void> => {
        const position = positions?.get(source.name) ?? undefined;
        const page = { ...range, position };
        // Until it has answered, it is still to be asked for this page.
        next.set(source.name, position ?? null);
        const status = await runSource(
          {
            ...{ source, startedAt, gone: writer.gone, timeoutMs: context.sourceTimeoutMs, log: context.log },
            askUntil: (signal, urgency) => askAs(tenantId, signal, urgency),
          },
          (ask) => source.find(query, page, ask),
          (found) => {
            if (found.next === undefined) next.delete(source.name);
            else next.set(source.name, found.next);
            writer.write(found.hits.map((hit) => ({ type: 'hit', hit })));
          },
          positions
            ? undefined
            : async (found, ask) => writer.write(await countLines(source, query, page, found, ask)),
        );
        writer.write([status]);
      };

      const wanted = context.sources.filter(
        ({ source }) =>
          signals.includes(source.signal) &&
          (query.sources?.has(source.name) ?? true) &&
          (positions?.has(source.name) ?? true),
      );
      const allowed = wanted.filter(({ source }) => !notAllowed.has(source.signal));
      if (!positions) {
        for (const { source } of wanted) {
          const reason = notAllowed.get(source.signal);
          if (reason !== undefined) writer.write([notAsked(source.name, 'not-allowed', reason)]);
        }
        writer.write(missingSources(context, query));
      }
      await Promise.all(allowed.map(searchOne));
      writer.write([{ type: 'done', next: encodeCursor(walk, next), durationMs: msSince(startedAt) }]);
      writer.end();
    },
  };
}

/** @throws a 400 refusal that says where, why and what instead */
function understood(text: string): SearchQuery {
  try {
    return parseSearch(text);
  } catch (error) {
    if (!(error instanceof SearchQueryError)) throw error;
    const { offset } = error;
    const lines = text.slice(0, offset).split('\n');
    throw refuse.badRequest(`at character ${offset + 1}: ${error.message}`, {
      location: 'query',
      fix: error.fix,
      position: { offset, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
    });
  }
}

const nothingLeft = () =>
  refuse.badRequest('the query asks for other signals than the request', {
    location: 'query',
    fix: 'leave out "signal:" or "signals"',
  });

/** Asked for by name, and not there. */
function missingSources({ sources }: SearchContext, { sources: asked }: SearchQuery): SearchLine[] {
  return [...(asked ?? [])]
    .filter((name) => !sources.some(({ source }) => source.name === name))
    .map((name) => notAsked(name, 'not-configured', `this installation has no ${name} to search in`));
}
