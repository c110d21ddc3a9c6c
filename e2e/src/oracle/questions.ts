// From a query to the questions that are put with it: at one point of time and over the whole of the window.
import type { Window } from '../data/window.ts';
import type { Question } from './question.ts';

const seconds = (ms: number): string => String(ms / 1000);
const nanos = (ms: number): string => `${ms}000000`;

export function promqlQuestions(query: string, { startMs, endMs }: Window): Question[] {
  return [
    { api: 'prometheus', path: '/api/v1/query', params: { query, time: seconds(endMs - 60_000) } },
    {
      api: 'prometheus',
      path: '/api/v1/query_range',
      params: { query, start: seconds(startMs), end: seconds(endMs), step: '60' },
    },
  ];
}

/** Loki gives lines over a range only. */
export function logqlQuestions(query: string, { startMs, endMs }: Window): Question[] {
  const isForLines = query.trimStart().startsWith('{');
  const instant: Question = {
    api: 'loki',
    path: '/loki/api/v1/query',
    params: { query, time: nanos(endMs), limit: '1000' },
  };
  return [
    ...(isForLines ? [] : [instant]),
    {
      api: 'loki',
      path: '/loki/api/v1/query_range',
      params: { query, start: nanos(startMs), end: nanos(endMs), step: '60s', limit: '1000' },
    },
  ];
}

/** A metrics query is one that ends in a `rate()` or the like; every other is a search. */
export function traceqlQuestions(q: string, { startMs, endMs }: Window): Question[] {
  const range = { q, start: seconds(startMs), end: seconds(endMs) };
  const isMetrics = /\|\s*(?:rate|compare|\w+_over_time)\s*\(/.test(q);
  return isMetrics
    ? [
        { api: 'tempo', path: '/api/metrics/query_range', params: { ...range, step: '60s' } },
        { api: 'tempo', path: '/api/metrics/query', params: range },
      ]
    : [{ api: 'tempo', path: '/api/search', params: { ...range, limit: '1000', spss: '100' } }];
}
