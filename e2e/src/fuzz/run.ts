/** Throws generated, spoiled and random queries at one enforce function and reports what it must never do. */
import {
  chance,
  enforceLogql,
  enforcePromql,
  enforceTraceql,
  findLeak,
  logqlQuery,
  pick,
  promqlQuery,
  QueryRefused,
  seededRng,
  traceqlQuery,
} from '@obstack/proxy/testing';
import type { LanguageName, Vocabulary } from '@obstack/proxy/testing';
import { mutate, noise } from './mutate.ts';

const TENANT = '0b5e55ed-0000-4000-8000-000000000001';

type Target = {
  enforce: (query: string, tenantId: string) => string;
  generate: (words: Vocabulary) => string;
  words: Omit<Vocabulary, 'rng'>;
};

export const targets: Record<LanguageName, Target> = {
  promql: {
    enforce: enforcePromql,
    generate: promqlQuery,
    words: {
      metrics: ['up', 'http_requests_total', 'job:rate:sum', 'sum', 'start', 'dotted.name', 'a{b'],
      labels: ['job', 'tenant_id', 'on', 'dotted.label'],
      values: { job: ['api', 'we"b', 'a\\b', '#', '}'], tenant_id: ['another', ''] },
    },
  },
  logql: {
    enforce: enforceLogql,
    generate: logqlQuery,
    words: {
      metrics: ['error', '{x}', '# no', 'a"b'],
      labels: ['app', 'tenant_id', 'level'],
      values: { app: ['api', '}', '//'], tenant_id: ['another', ''] },
    },
  },
  traceql: {
    enforce: enforceTraceql,
    generate: traceqlQuery,
    words: {
      metrics: ['GET /', '} || {', '// no'],
      labels: ['span.http.method', 'resource.service.name', 'resource.tenant_id', 'span."a }b"'],
      values: { 'span.http.method': ['GET', ')'], 'resource.tenant_id': ['another', ''] },
    },
  },
};

export type FuzzResult = {
  count: number;
  accepted: number;
  /** At most ten inputs that crashed enforcement or came out without the tenant, with what happened. */
  failures: { input: string; problem: string }[];
};

/**
 * Runs `count` inputs: a third generated, three fifths spoiled, the rest noise. The same seed gives the same inputs.
 * `onProgress` hears of every ten-thousandth.
 */
export function fuzz(
  language: LanguageName,
  count: number,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
): FuzzResult {
  const rng = seededRng(seed);
  const { enforce, generate, words } = targets[language];
  const recent = Array.from({ length: 64 }, () => generate({ ...words, rng }));
  const result: FuzzResult = { count, accepted: 0, failures: [] };
  for (let done = 0; done < count && result.failures.length < 10; done += 1) {
    const input = nextInput();
    try {
      const enforced = enforce(input, TENANT);
      result.accepted += 1;
      const leak = findLeak(language, enforced, TENANT);
      if (leak !== null) result.failures.push({ input, problem: `${leak} in ${enforced}` });
    } catch (error) {
      if (!(error instanceof QueryRefused)) result.failures.push({ input, problem: String(error) });
    }
    if (done % 10_000 === 9_999) onProgress(done + 1);
  }
  return result;

  function nextInput(): string {
    if (chance(rng, 0.07)) return noise(rng);
    const query = generate({ ...words, rng });
    if (chance(rng, 0.35)) return query;
    recent[Math.floor(rng() * recent.length)] = query;
    return mutate(pick(rng, recent), recent, rng);
  }
}
