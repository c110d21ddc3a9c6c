/**
 * Ties a PromQL query to one tenant: every vector selector, wherever it stands, gets the tenant matcher.
 * String in, string out; what cannot be proven is refused with QueryRefused. The rules and their reasons are in
 * docs/decisions/enforcement.md.
 */
import { parser } from '@prometheus-io/lezer-promql';
import { QueryRefused } from './enforce-error.ts';
import { closedGrammar, findOtherString } from './enforce-tree.ts';
import type { FlatTree } from './enforce-tree.ts';
import { equalityMatcher, regexMatcher } from './matcher.ts';
import { readQuery } from './enforce-text.ts';
import type { Lexis, QueryText } from './enforce-text.ts';
import { spliceAndCompare } from './splice.ts';
import type { Insertion } from './splice.ts';

export const promqlLexis: Lexis = { quotes: `"'`, escapes: 'go', comments: 'hash' };

const experimental = 'is experimental in Prometheus and not supported here';

const grammar = closedGrammar(
  'PromQL',
  parser,
  `
  PromQL AggregateExpr AggregateOp AggregateModifier By Without GroupingLabels LabelName QuotedLabelName
  Avg Bottomk Count CountValues Group Max Min Quantile LimitK LimitRatio Stddev Stdvar Sum Topk
  BinaryExpr Pow Mul Div Mod Atan2 Add Sub Eql Gte Gtr Lte Lss Neq TrimUpper TrimLower And Unless Or
  BoolModifier Bool MatchingModifierClause Ignoring On GroupLeft GroupRight
  FunctionCall FunctionIdentifier FunctionCallBody
  Abs Absent AbsentOverTime Acos Acosh Asin Asinh Atan Atanh AvgOverTime Ceil Changes Clamp ClampMax ClampMin
  Cos Cosh CountOverTime DayOfMonth DayOfWeek DayOfYear DaysInMonth Deg Delta Deriv DoubleExponentialSmoothing
  Exp FirstOverTime Floor HistogramAvg HistogramCount HistogramFraction HistogramQuantile HistogramStdDev
  HistogramStdVar HistogramSum Hour Idelta Increase Irate LabelJoin LabelReplace LastOverTime Ln Log10 Log2
  MadOverTime MaxOverTime MinOverTime Minute Month Pi PredictLinear PresentOverTime QuantileOverTime Rad Rate
  Resets Round Scalar Sgn Sin Sinh Sort SortByLabel SortByLabelDesc SortDesc Sqrt StddevOverTime StdvarOverTime
  SumOverTime Tan Tanh Time Timestamp TsOfFirstOverTime TsOfLastOverTime TsOfMaxOverTime TsOfMinOverTime Vector Year
  ParenExpr UnaryExpr UnaryOp StringLiteral NumberDurationLiteral NumberDurationLiteralInDurationContext
  VectorSelector Identifier LabelMatchers UnquotedLabelMatcher QuotedLabelMatcher MatchOp EqlSingle EqlRegex NeqRegex
  MatrixSelector SubqueryExpr DurationExpr OffsetExpr Offset OffsetDurationExpr
  StepInvariantExpr At AtModifierPreprocessors AtStart AtEnd
  `,
  {
    Info: 'info() selects target_info series of its own, which no matcher in the query can reach: use "* on (job, instance) group_left (…) target_info"',
    AnchoredExpr: `"anchored" ${experimental}`,
    SmoothedExpr: `"smoothed" ${experimental}`,
    FillModifier: `fill() ${experimental}`,
    Range: `range() ${experimental}`,
    Step: `step() ${experimental}`,
    StartFn: `start() ${experimental}, except as "@ start()"`,
    EndFn: `end() ${experimental}, except as "@ end()"`,
    StartTimestamp: `start_timestamp() ${experimental}`,
    HistogramQuantiles: `histogram_quantiles() ${experimental}`,
    DurationStep: `step() ${experimental}`,
    DurationRange: `range() ${experimental}`,
    DurationMinOf: `min_of() ${experimental}`,
    DurationMaxOf: `max_of() ${experimental}`,
  },
);

const PROMQL = grammar.id('PromQL');
const VECTOR_SELECTOR = grammar.id('VectorSelector');
const IDENTIFIER = grammar.id('Identifier');
const LABEL_MATCHERS = grammar.id('LabelMatchers');
const LABEL_MATCHER = grammar.id('UnquotedLabelMatcher');
const STRING = grammar.id('StringLiteral');
const FUNCTION_CALL = grammar.id('FunctionCall');
const ABSENT = grammar.id('Absent');
const ABSENT_OVER_TIME = grammar.id('AbsentOverTime');
const DURATION = grammar.id('DurationExpr');
const NUMBER_IN_DURATION = grammar.id('NumberDurationLiteralInDurationContext');
const OFFSET_DURATION = grammar.id('OffsetDurationExpr');

/**
 * Returns `query` with `tenant_id="…"` in every selector and the rest of its text untouched, comments blanked.
 * The caller's own matchers stay, whatever they say; selectors within absent() and absent_over_time() get the
 * equivalent regex matcher. A query without selectors (`1+1`) comes back as it is.
 *
 * @throws QueryRefused when the query is not valid, too big, or holds what cannot be enforced.
 */
export function enforcePromql(query: string, tenantId: string): string {
  const read = readQuery(query, promqlLexis);
  return limit(read, grammar.parse(read.text), tenantId);
}

/**
 * The same for a `match[]` parameter, which must be one plain selector: `foo`, `{…}` or `foo{…}`.
 *
 * @throws QueryRefused as above, and for anything around the selector.
 */
export function enforcePromqlSelector(selector: string, tenantId: string): string {
  const read = readQuery(selector, promqlLexis);
  const { text } = read;
  const tree = grammar.parse(text);
  if (tree.types[0] !== PROMQL || tree.types[1] !== VECTOR_SELECTOR) {
    throw new QueryRefused(
      'parse_error',
      text,
      tree.froms[1] ?? 0,
      'expected one selector, such as up{job="api"}',
    );
  }
  return limit(read, tree, tenantId);
}

function limit({ text, braces, strings }: QueryText, before: FlatTree, tenantId: string): string {
  const otherString = findOtherString(before, STRING, strings);
  if (otherString !== undefined) throw hidden(text, otherString);
  assertSimpleDurations(text, before);
  const matchers = { equality: equalityMatcher(tenantId), regex: regexMatcher(tenantId) };
  const insertions = insertionsFor(text, before, braces, matchers);
  if (insertions.length === 0) return text;
  const { spliced, after } = spliceAndCompare(text, before, insertions, grammar.parse);
  assertEnforced(spliced, after, matchers);
  return spliced;
}

type Matchers = { equality: string; regex: string };

/** Where each selector of the tree gets its matcher: first inside its braces, or in braces after the bare name. */
function insertionsFor(
  text: string,
  tree: FlatTree,
  braces: readonly number[],
  matchers: Matchers,
): Insertion[] {
  const { types, froms, tos } = tree;
  const insertions: Insertion[] = [];
  let absentUntil = -1;
  let bracesSeen = 0;
  for (let node = 0; node < types.length; node += 1) {
    const type = types[node];
    if (type === ABSENT || type === ABSENT_OVER_TIME) {
      // FunctionCall → FunctionIdentifier → Absent: everything up to the end of the call is its argument.
      if (types[node - 2] !== FUNCTION_CALL) throw hidden(text, froms[node]);
      absentUntil = Math.max(absentUntil, tos[node - 2]!);
    } else if (type === VECTOR_SELECTOR) {
      const end = tos[node]!;
      const named = types[node + 1] === IDENTIFIER;
      const bracesAt = named ? node + 2 : node + 1;
      const hasBraces = types[bracesAt] === LABEL_MATCHERS && froms[bracesAt]! < end;
      const matcher = froms[node]! < absentUntil ? matchers.regex : matchers.equality;
      if (hasBraces) {
        const open = froms[bracesAt]!;
        if (braces[bracesSeen] !== open) throw hidden(text, open);
        bracesSeen += 1;
        const isEmpty = !((froms[bracesAt + 1] ?? end) < end);
        // First, not last: a trailing comma needs no care, and absent() lets a later equality on the label win.
        insertions.push({ at: open + 1, text: isEmpty ? matcher : `${matcher},` });
      } else if (named) {
        insertions.push({ at: tos[node + 1]!, text: `{${matcher}}` });
      } else {
        throw hidden(text, froms[node]);
      }
    } else if (type === IDENTIFIER && types[node - 1] !== VECTOR_SELECTOR) {
      throw hidden(text, froms[node]);
    }
  }
  // Every brace the characters show must be one that the tree shows, or one of the two has misread the query.
  if (bracesSeen !== braces.length) throw hidden(text, braces[bracesSeen]);
  return insertions;
}

/** The last word, on the text that is sent: each selector begins with our matcher, read as a matcher. */
function assertEnforced(text: string, tree: FlatTree, matchers: Matchers): void {
  const { types, froms, tos } = tree;
  for (let node = 0; node < types.length; node += 1) {
    if (types[node] !== VECTOR_SELECTOR) continue;
    const bracesAt = types[node + 1] === IDENTIFIER ? node + 2 : node + 1;
    const start = froms[bracesAt + 1]!;
    const end = tos[bracesAt + 1]!;
    const matcher = text.slice(start, end);
    if (
      types[bracesAt] !== LABEL_MATCHERS ||
      types[bracesAt + 1] !== LABEL_MATCHER ||
      start !== froms[bracesAt]! + 1 ||
      end > tos[node]! ||
      (matcher !== matchers.equality && matcher !== matchers.regex)
    ) {
      throw hidden(text, froms[node]);
    }
  }
}

/** Lets `[5m]`, `[5m:1m]` and `offset -5m` through and refuses arithmetic on durations, which is experimental. */
function assertSimpleDurations(text: string, { types, froms }: FlatTree): void {
  for (let node = 0; node < types.length; node += 1) {
    const type = types[node];
    const next = types[node + 1];
    const isSimple =
      type === DURATION
        ? next === NUMBER_IN_DURATION && types[node - 1] !== DURATION && types[node - 1] !== OFFSET_DURATION
        : type !== OFFSET_DURATION || next !== DURATION;
    if (!isSimple)
      throw new QueryRefused(
        'unsupported',
        text,
        froms[node] ?? 0,
        `arithmetic on durations ${experimental}`,
      );
  }
}

function hidden(text: string, offset: number | undefined): QueryRefused {
  return new QueryRefused(
    'unsupported',
    text,
    offset ?? 0,
    'cannot tell which series this selects: write it more simply',
  );
}
