// For tests of search: asking, and stores that answer with as much as they are asked for.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorrelateLine, SearchLine, SearchRequest } from '@obstack/contracts/search';
import { SearchLine as SearchLineSchema } from '@obstack/contracts/search';
import type { Answer, TestProxy } from '../query/testing.ts';

export const FROM = '2026-01-31T12:00:00.000Z';
export const TO = '2026-01-31T12:10:00.000Z';
const START_SECONDS = Date.parse(FROM) / 1000;

export const body = (query: string, more: Partial<SearchRequest> = {}): string =>
  JSON.stringify({ query, from: FROM, to: TO, ...more });

interface As {
  readonly token?: string;
  readonly path?: string;
}

export function askSearch(proxy: TestProxy, text: string, { token, path }: As = {}): Promise<Answer> {
  return proxy.ask(path ?? '/api/v1/search', {
    method: 'POST',
    headers: [
      ...['content-type', 'application/json'],
      ...['authorization', `Bearer ${token ?? proxy.token}`],
    ],
    body: text,
  });
}

/** The lines of an answer, each as the contract says. */
export const linesOf = ({ text }: { text: string }): SearchLine[] =>
  jsonLines(text).map((line) => SearchLineSchema.parse(line));
const jsonLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));

export function statusesOf(lines: readonly (SearchLine | CorrelateLine)[]): Record<string, string> {
  return Object.fromEntries(
    lines.flatMap((line) => (line.type === 'source' ? [[line.source, line.status] as const] : [])),
  );
}

export const hitsOf = (lines: readonly SearchLine[]) =>
  lines.flatMap((line) => (line.type === 'hit' ? [line.hit] : []));

/** One line, trace or series more than was asked for at most, so that everything is cut and has to be counted. */
export function answerAsStore(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://store');
  response.writeHead(200, { 'content-type': 'application/json' });
  const isCount = searchParams.get('query')?.startsWith('sum by') ?? false;
  const limit = Number(searchParams.get('limit') ?? 1);
  response.end(JSON.stringify(isCount ? { data: { result: [] } } : storeAnswer(pathname, limit)));
}

function storeAnswer(path: string, limit: number): object {
  const nth = <T>(of: (n: number) => T): T[] => Array.from({ length: Math.min(limit, 20) }, (_, n) => of(n));
  const nanos = (n: number): string => `${START_SECONDS + n}000000000`;
  switch (path) {
    case '/loki/api/v1/query_range':
      return {
        data: {
          resultType: 'streams',
          result: [
            { stream: { service_name: 'checkout' }, metric: {}, values: nth((n) => [nanos(n), `line ${n}`]) },
          ],
        },
      };
    case '/api/search':
      return {
        traces: nth((n) => ({
          traceID: (n + 1).toString(16).padStart(32, '0'),
          startTimeUnixNano: nanos(n),
          spanSets: [{ spans: [{ spanID: '00000000000000ab', name: 'GET', startTimeUnixNano: nanos(n) }] }],
        })),
      };
    case '/api/v1/series':
      return { data: nth((n) => ({ __name__: `metric_${n}`, job: 'checkout' })) };
    case '/api/v1/query_exemplars':
      return { data: [] };
    case '/api/metrics/query_range':
      return { series: [] };
    default:
      return { data: { result: [] } };
  }
}
