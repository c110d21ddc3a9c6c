/** Random valid LogQL: log queries and metric queries as Loki 3.7 and its published grammar both take them. */
import { between, chance, pick, quoted, regexFor, some, valueOf } from './random.ts';
import type { Vocabulary } from './random.ts';

const durations = ['30s', '1m', '5m', '1h', '1h30m', '90s'];
const lineRanges = ['rate', 'count_over_time', 'bytes_rate', 'bytes_over_time', 'absent_over_time'];
const valueRanges =
  'sum_over_time avg_over_time min_over_time max_over_time stddev_over_time stdvar_over_time first_over_time last_over_time'.split(
    ' ',
  );

/** A log query or a metric query, as `/loki/api/v1/query_range` takes it. */
export function logqlQuery(words: Vocabulary): string {
  return chance(words.rng, 0.5) ? logqlLogQuery(words) : metric(words, 3);
}

/** A query that gives log lines. */
export function logqlLogQuery(words: Vocabulary): string {
  return logqlSelector(words) + pipeline(words);
}

/** A query that gives numbers. */
export function logqlMetricQuery(words: Vocabulary): string {
  return metric(words, 3);
}

/** One stream selector. Always with a matcher that cannot match the empty string, as Loki demands. */
export function logqlSelector(words: Vocabulary): string {
  const { rng, labels } = words;
  const label = pick(rng, labels);
  const first = `${label}${pick(rng, [`=~".+"`, `=${quoted(valueOf(words, label) || 'none')}`])}`;
  const more = some(rng, 0, 2, '', () => `, ${matcher(words)}`);
  return `{${pick(rng, ['', ' '])}${first}${more}}`;
}

function matcher(words: Vocabulary): string {
  const { rng } = words;
  const label = pick(rng, words.labels);
  const operator = pick(rng, ['=', '!=', '=~', '!~']);
  const value = valueOf(words, label);
  return label + operator + (operator.endsWith('~') ? regexFor(rng, value) : quoted(value));
}

function pipeline(words: Vocabulary): string {
  const { rng } = words;
  // Negative line filters only at the front: after `drop a` or `keep a`, `!= "x"` is a matcher on a.
  const first = chance(rng, 0.3)
    ? ` ${pick(rng, ['!=', '!~', '!>'])} ${quoted(pick(rng, words.metrics))}`
    : '';
  return first + some(rng, 0, 3, '', () => ` ${stage(words)}`);
}

function stage(words: Vocabulary): string {
  const { rng, labels } = words;
  const word = (): string =>
    chance(rng, 0.2) ? `\`${pick(rng, words.metrics)}\`` : quoted(pick(rng, words.metrics));
  return pick(rng, [
    () => `${pick(rng, ['|=', '|~'])} ${word()}`,
    () => `${pick(rng, ['|=', '|~'])} ${word()} or ${word()}`,
    () => `|> "<_>${pick(rng, words.metrics)}<_>"`,
    () => `| ${pick(rng, ['json', 'logfmt', 'logfmt --strict', 'decolorize', 'unpack'])}`,
    () => '| json first="a.b", second',
    () => `| pattern "<first> <_>"`,
    () => '| regexp `(?P<first>\\S+)`',
    () => `| ${labelFilter(words)}`,
    () => `| line_format "{{.${pick(rng, labels)}}} {{__line__}}"`,
    () => `| label_format renamed=${pick(rng, labels)}`,
    () => `| label_format made="{{.${pick(rng, labels)}}}"`,
    () => `| drop ${pick(rng, labels)}`,
    () => `| keep ${some(rng, 1, 2, ', ', () => pick(rng, labels))}`,
  ])();
}

function labelFilter(words: Vocabulary): string {
  const { rng, labels } = words;
  const one = (): string =>
    pick(rng, [
      () => matcher(words),
      () => `${pick(rng, labels)} ${pick(rng, ['>', '<=', '==', '!='])} ${between(rng, 0, 500)}`,
      () => `${pick(rng, labels)} > 10ms`,
      () => `${pick(rng, labels)} < 1.5KB`,
      () => `__error__=""`,
    ])();
  return chance(rng, 0.3) ? `(${one()} ${pick(rng, ['and', 'or'])} ${one()})` : one();
}

function logRange(words: Vocabulary, unwrap: boolean): string {
  const { rng, labels } = words;
  const label = pick(rng, labels);
  const unwrapped = unwrap
    ? ` | unwrap ${pick(rng, [label, `duration(${label})`, `bytes(${label})`])} | __error__=""`
    : '';
  // The published grammar has no offset after pipeline and unwrap together.
  const offset = !unwrap && chance(rng, 0.1) ? ` offset ${pick(rng, durations)}` : '';
  return `${logqlSelector(words)}${pipeline(words)}${unwrapped} [${pick(rng, durations)}]${offset}`;
}

function grouping({ rng, labels }: Vocabulary): string {
  return `${pick(rng, ['by', 'without'])} (${some(rng, 0, 2, ', ', () => pick(rng, labels))})`;
}

function aggregate(words: Vocabulary, depth: number): string {
  const { rng } = words;
  const inner = metric(words, depth - 1);
  return pick(rng, [
    () => `${pick(rng, ['sum', 'avg', 'min', 'max', 'count', 'stddev'])} ${grouping(words)} (${inner})`,
    () =>
      `${pick(rng, ['sum', 'avg', 'min', 'max', 'count'])}(${inner})${pick(rng, ['', ` ${grouping(words)}`])}`,
    () => `${pick(rng, ['topk', 'bottomk'])}(${between(rng, 1, 5)}, ${inner})`,
    () => `${pick(rng, ['sort', 'sort_desc'])}(${inner})`,
  ])();
}

function metric(words: Vocabulary, depth: number): string {
  const { rng, labels } = words;
  const simple = [
    () => `${pick(rng, lineRanges)}(${logRange(words, false)})`,
    () => `${pick(rng, lineRanges)}(${logRange(words, false)})`,
    () => `${pick(rng, valueRanges)}(${logRange(words, true)})`,
    () => `quantile_over_time(0.9, ${logRange(words, true)}) by (${pick(rng, labels)})`,
  ];
  if (depth <= 0) return pick(rng, simple)();
  const label = pick(rng, labels);
  const side = (): string => `sum by (${label}) (${metric(words, depth - 1)})`;
  return pick(rng, [
    ...simple,
    () => aggregate(words, depth),
    () => aggregate(words, depth),
    () => `${side()} ${pick(rng, ['+', '-', '*', '/', 'and', 'or', 'unless', '>', '== bool'])} ${side()}`,
    () => `${side()} / on (${label}) group_left () ${side()}`,
    () =>
      `(${metric(words, depth - 1)}) ${pick(rng, ['*', '+', '>', '< bool'])} ${pick(rng, ['2', '0.5', '1e3'])}`,
    () => `label_replace(${metric(words, depth - 1)}, "replaced", "$1", ${quoted(label)}, "(.*)")`,
    () => `${side()} or vector(0)`,
  ])();
}
