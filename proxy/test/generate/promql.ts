/** Random valid PromQL: everything Prometheus evaluates without feature flags, and that it can type-check. */
import { between, chance, pick, quoted, regexFor, some, valueOf } from './random.ts';
import type { Vocabulary } from './random.ts';

const rangeFunctions =
  'rate increase irate idelta delta deriv changes resets avg_over_time min_over_time max_over_time sum_over_time count_over_time last_over_time first_over_time present_over_time stddev_over_time stdvar_over_time'.split(
    ' ',
  );
const instantFunctions =
  'abs ceil floor exp sqrt ln log2 log10 sgn sin cos tanh deg rad timestamp minute hour day_of_week month year sort sort_desc round'.split(
    ' ',
  );
const aggregations = 'sum avg min max count group stddev stdvar'.split(' ');
const durations = ['30s', '1m', '5m', '90s', '1h', '1m30s', '60001ms', '300'];

/** An expression that gives an instant vector or a scalar, as `/api/v1/query` and `query_range` take it. */
export function promqlQuery(words: Vocabulary): string {
  return chance(words.rng, 0.08) ? scalar(words, 3) : vector(words, 4);
}

/** One selector, as `match[]` takes it. Always with something that cannot match the empty string. */
export function promqlSelector(words: Vocabulary): string {
  const { rng, metrics } = words;
  const metric = pick(rng, metrics);
  const list = some(rng, 0, 3, ',', () => matcher(words));
  const trailing = list !== '' && chance(rng, 0.1) ? ',' : '';
  // Names that need quotes exist only inside braces.
  const isPlain = /^[A-Za-z_:][A-Za-z0-9_:]*$/.test(metric);
  if (!isPlain) return `{${[quoted(metric), list].filter(Boolean).join(', ')}${trailing}}`;
  return pick(rng, [
    () => (list === '' && chance(rng, 0.7) ? metric : `${metric}{${list}${trailing}}`),
    () => `{__name__=${quoted(metric)}${list === '' ? '' : `, ${list}`}}`,
    () => `{${quoted(metric)}${list === '' ? '' : `, ${list}`}}`,
  ])();
}

function matcher(words: Vocabulary): string {
  const { rng } = words;
  const label = pick(rng, words.labels);
  const name = /^[A-Za-z_]\w*$/.test(label) ? (chance(rng, 0.05) ? quoted(label) : label) : quoted(label);
  const value = valueOf(words, label);
  const operator = pick(rng, ['=', '=', '=', '!=', '=~', '!~']);
  if (operator.endsWith('~')) return name + operator + regexFor(rng, value);
  return (
    name +
    operator +
    (chance(rng, 0.1) && !value.includes("'") ? `'${value.replace(/\\/g, '\\\\')}'` : quoted(value))
  );
}

function modifiers({ rng }: Vocabulary): string {
  const offset = chance(rng, 0.15) ? ` offset ${pick(rng, ['', '-'])}${pick(rng, durations)}` : '';
  return offset + (chance(rng, 0.05) ? ` @ ${pick(rng, ['start()', 'end()'])}` : '');
}

function range(words: Vocabulary, depth: number): string {
  const { rng } = words;
  if (depth > 0 && chance(rng, 0.2)) {
    const step = pick(rng, ['', '15s', '1m']);
    return `${operand(words, depth - 1)}[${pick(rng, ['5m', '10m', '1h'])}:${step}]${modifiers(words)}`;
  }
  return `${promqlSelector(words)}[${pick(rng, durations)}]${modifiers(words)}`;
}

/** An instant vector that binds more tightly than any operator. */
function operand(words: Vocabulary, depth: number): string {
  return chance(words.rng, 0.5) ? promqlSelector(words) : `(${vector(words, depth)})`;
}

function grouping({ rng, labels }: Vocabulary): string {
  const plain = labels.filter((label) => /^[A-Za-z_]\w*$/.test(label));
  const list = plain.length === 0 ? '' : some(rng, 0, 2, ', ', () => pick(rng, plain));
  return `${pick(rng, ['by', 'by', 'without'])} (${list})`;
}

function aggregate(words: Vocabulary, depth: number): string {
  const { rng } = words;
  const inner = vector(words, depth - 1);
  const [name, parameter] = pick<() => [string, string]>(rng, [
    () => [pick(rng, aggregations), ''],
    () => [pick(rng, aggregations), ''],
    () => [pick(rng, ['topk', 'bottomk']), chance(rng, 0.3) ? scalar(words, 1) : String(between(rng, 1, 5))],
    () => ['quantile', pick(rng, ['0.5', '.9', scalar(words, 1)])],
    () => ['count_values', quoted('counted')],
  ])();
  const args = parameter === '' ? `(${inner})` : `(${parameter}, ${inner})`;
  return pick(rng, [
    () => name + args,
    () => `${name} ${grouping(words)} ${args}`,
    () => `${name}${args} ${grouping(words)}`,
  ])();
}

/** Both sides grouped by the same labels, or the match would be many-to-many and an error. */
function matched(words: Vocabulary, depth: number): string {
  const { rng, labels } = words;
  const plain = labels.filter((label) => /^[A-Za-z_]\w*$/.test(label));
  const on = plain.length === 0 ? '' : pick(rng, plain);
  const side = (): string => `${pick(rng, aggregations)} by (${on}) (${vector(words, depth - 1)})`;
  const operator = pick(rng, ['+', '-', '*', '/', '%', '^', '==', '!=', '>', '>= bool', '< bool', 'atan2']);
  return `${side()} ${operator} on (${on}) ${pick(rng, ['', `group_left () `])}${side()}`;
}

function vector(words: Vocabulary, depth: number): string {
  const { rng } = words;
  if (depth <= 0) return promqlSelector(words) + modifiers(words);
  const inner = depth - 1;
  return pick(rng, [
    () => promqlSelector(words) + modifiers(words),
    () => `${pick(rng, rangeFunctions)}(${range(words, inner)})`,
    () => `${pick(rng, rangeFunctions)}(${range(words, inner)})`,
    () => `${pick(rng, instantFunctions)}(${vector(words, inner)})`,
    () => aggregate(words, depth),
    () => aggregate(words, depth),
    () => matched(words, depth),
    () => `${operand(words, inner)} ${pick(rng, ['and', 'or', 'unless'])} ${operand(words, inner)}`,
    () =>
      `${operand(words, inner)} ${pick(rng, ['+', '-', '*', '/', '>', '<=', '== bool'])} ${scalar(words, 1)}`,
    () => `-${operand(words, inner)}`,
    () => `(${vector(words, inner)})`,
    () => `absent(${operand(words, inner)})`,
    () => `absent_over_time(${range(words, 0)})`,
    () => `clamp(${vector(words, inner)}, ${scalar(words, 0)}, ${scalar(words, 0)})`,
    () => `quantile_over_time(${scalar(words, 0)}, ${range(words, inner)})`,
    () => `predict_linear(${range(words, inner)}, ${scalar(words, 0)})`,
    () =>
      `label_replace(${vector(words, inner)}, "replaced", "$1", ${quoted(pick(rng, words.labels))}, "(.*)")`,
    () => `label_join(${vector(words, inner)}, "joined", "-", ${quoted(pick(rng, words.labels))})`,
    () => `histogram_quantile(0.9, sum by (le) (rate(${promqlSelector(words)}[5m])))`,
    () => `vector(${scalar(words, inner)})`,
  ])();
}

function scalar(words: Vocabulary, depth: number): string {
  const { rng } = words;
  const number = (): string => pick(rng, ['0', '1', '2.5', '1e3', '0x1F', '.5', '-1', '100', '5m']);
  if (depth <= 0) return number();
  return pick(rng, [
    number,
    () => `scalar(${vector(words, depth - 1)})`,
    () => 'time()',
    () => 'pi()',
    () => `(${scalar(words, depth - 1)} ${pick(rng, ['+', '*', '- ', '/'])} ${scalar(words, depth - 1)})`,
  ])();
}
