/** Random valid TraceQL: searches and metrics as Tempo 2.8 and its published grammar both take them. */
import { between, chance, pick, quoted, regexFor, some, valueOf } from './random.ts';
import type { Vocabulary } from './random.ts';

/** A search, or a metrics query one time in four. */
export function traceqlQuery(words: Vocabulary): string {
  return chance(words.rng, 0.25) ? traceqlMetricsQuery(words) : traceqlSearch(words);
}

/** A query that gives traces, as `/api/search` takes it. */
export function traceqlSearch(words: Vocabulary): string {
  const { rng } = words;
  const stages = some(rng, 0, 2, '', () => ` | ${stage(words)}`);
  const search = spansets(words, 2) + stages;
  return chance(rng, 0.05) ? `${search} with (most_recent=true)` : search;
}

/** A query that gives series, as `/api/metrics/query_range` takes it. */
export function traceqlMetricsQuery(words: Vocabulary): string {
  const { rng } = words;
  const by = chance(rng, 0.6) ? ` by (${pick(rng, words.labels)})` : '';
  const measure = pick(rng, [
    () => `rate()${by}`,
    () => `count_over_time()${by}`,
    () => `${pick(rng, ['min', 'max', 'avg', 'sum'])}_over_time(duration)${by}`,
    () => `quantile_over_time(duration, 0.5, 0.9)${by}`,
    () => `histogram_over_time(duration)${by}`,
    () => `compare(${filter(words)})`,
  ])();
  const second = by !== '' && chance(rng, 0.2) ? ` | ${pick(rng, ['topk', 'bottomk'])}(3)` : '';
  return `${filter(words)} | ${measure}${second}`;
}

function spansets(words: Vocabulary, depth: number): string {
  const { rng } = words;
  if (depth <= 0 || chance(rng, 0.5)) return filter(words);
  const operator = pick(rng, ['&&', '||', '>>', '>', '<<', '<', '~', '!>>', '!>', '!~', '&>>', '&>', '&~']);
  const joined = `${spansets(words, depth - 1)} ${operator} ${spansets(words, depth - 1)}`;
  return chance(rng, 0.4) ? `(${joined})` : joined;
}

function filter(words: Vocabulary): string {
  const { rng } = words;
  const space = pick(rng, ['', ' ']);
  return chance(rng, 0.1) ? pick(rng, ['{}', '{ }', '{ true }']) : `{${space}${condition(words, 2)}${space}}`;
}

function condition(words: Vocabulary, depth: number): string {
  const { rng } = words;
  if (depth <= 0 || chance(rng, 0.4)) return comparison(words);
  const inner = `${condition(words, depth - 1)} ${pick(rng, ['&&', '||'])} ${condition(words, depth - 1)}`;
  return pick(rng, [inner, inner, `(${inner})`, `!(${inner})`]);
}

function comparison(words: Vocabulary): string {
  const { rng, labels, metrics } = words;
  const label = pick(rng, labels);
  const attribute = chance(rng, 0.15) ? `.${label.replace(/^[a-z]+\./, '')}` : label;
  const value = valueOf(words, label);
  return pick(rng, [
    () => `${attribute} ${pick(rng, ['=', '!='])} ${quoted(value)}`,
    () => `${attribute}=${quoted(value)}`,
    () => `${attribute} ${pick(rng, ['=~', '!~'])} ${regexFor(rng, value)}`,
    () => `${attribute} ${pick(rng, ['>', '<=', '='])} ${between(rng, 0, 500)}`,
    () => `${attribute} != nil`,
    () => `name = ${quoted(pick(rng, metrics))}`,
    () => `duration ${pick(rng, ['>', '<='])} ${pick(rng, ['10ms', '1s', '500us'])}`,
    () => `status = ${pick(rng, ['ok', 'error', 'unset'])}`,
    () => `kind != ${pick(rng, ['server', 'client', 'internal'])}`,
    () => `span:name != ${quoted(pick(rng, metrics))}`,
  ])();
}

function stage(words: Vocabulary): string {
  const { rng, labels } = words;
  return pick(rng, [
    () => `count() ${pick(rng, ['>', '>=', '<'])} ${between(rng, 0, 3)}`,
    () => `${pick(rng, ['avg', 'max', 'min', 'sum'])}(duration) > ${pick(rng, ['1ms', '10ms'])}`,
    () => `by(${pick(rng, labels)})`,
    () => `by(${pick(rng, labels)}) | coalesce()`,
    () => `select(${some(rng, 1, 2, ', ', () => pick(rng, labels))})`,
    () => filter(words),
  ])();
}
