/**
 * Ties a LogQL query to one tenant: every stream selector gets the tenant matcher.
 * What happens after the selector (parsers, label_format, drop, keep) works on lines that are already the tenant's
 * own. String in, string out; what cannot be proven is refused with QueryRefused. Reasons: docs/decisions/enforcement.md.
 */
import { parser } from '@grafana/lezer-logql';
import { QueryRefused } from './enforce-error.ts';
import { closedGrammar, findOtherString } from './enforce-tree.ts';
import type { FlatTree } from './enforce-tree.ts';
import { equalityMatcher, regexMatcher, tenantSelector } from './matcher.ts';
import { readQuery } from './enforce-text.ts';
import type { Lexis, QueryText } from './enforce-text.ts';
import { spliceAndCompare } from './splice.ts';
import type { Insertion } from './splice.ts';

export const logqlLexis: Lexis = { quotes: '"', escapes: 'go', comments: 'hash' };

const grammar = closedGrammar(
  'LogQL',
  parser,
  `
  LogQL Expr LogExpr MetricExpr Selector Matchers Matcher Identifier String Eq Neq Re Nre
  PipelineExpr PipelineStage Pipe LineFilters LineFilter OrFilter Filter FilterOp Ip PipeExact PipeMatch PipePattern Npa
  LogfmtParser LogfmtParserFlags ParserFlag LogfmtExpressionParser Logfmt LabelParser Json Regexp Unpack Pattern
  JsonExpressionParser LabelExtractionExpressionList LabelExtractionExpression
  LabelFilter IpLabelFilter UnitFilter DurationFilter BytesFilter NumberFilter Gtr Gte Lss Lte Eql Duration Bytes
  LiteralExpr Number Add Sub And Or Unless Mul Div Mod Pow
  LineFormatExpr LineFormat LabelFormatExpr LabelFormat LabelsFormat LabelFormatMatcher DecolorizeExpr Decolorize
  DropLabelsExpr Drop DropLabels DropLabel KeepLabelsExpr Keep KeepLabels KeepLabel
  RangeAggregationExpr RangeOp LogRangeExpr Range OffsetExpr Offset UnwrapExpr Unwrap
  ConvOp BytesConv DurationConv DurationSecondsConv
  CountOverTime Rate RateCounter BytesOverTime BytesRate AvgOverTime SumOverTime MinOverTime MaxOverTime
  StddevOverTime StdvarOverTime QuantileOverTime FirstOverTime LastOverTime AbsentOverTime
  VectorAggregationExpr VectorOp Sum Avg Count Max Min Stddev Stdvar Bottomk Topk Sort Sort_Desc
  Grouping By Without Labels LabelReplaceExpr LabelReplace VectorExpr Vector
  BinOpExpr BinOpModifier Bool OnOrIgnoringModifier On Ignoring GroupLeft GroupRight
  GroupingLabels GroupingLabelList GroupingLabel LabelName
  `,
  {},
);

const SELECTOR = grammar.id('Selector');
const STRING = grammar.id('String');
const MATCHER = grammar.id('Matcher');
const RANGE_AGGREGATION = grammar.id('RangeAggregationExpr');
const ABSENT_OVER_TIME = grammar.id('AbsentOverTime');
const PLAIN_SELECTOR = ['LogQL', 'Expr', 'LogExpr', 'Selector'].map((name) => grammar.id(name));

/**
 * Returns `query` with `tenant_id="…"` in every stream selector and the rest of its text untouched, comments
 * blanked. The caller's own matchers stay, whatever they say; selectors within absent_over_time() get the equivalent
 * regex matcher. A query without selectors (`vector(1)`) comes back as it is.
 *
 * @throws QueryRefused when the query is not valid, too big, or holds what cannot be enforced.
 */
export function enforceLogql(query: string, tenantId: string): string {
  const read = readQuery(query, logqlLexis);
  return limit(read, parse(read.text), tenantId);
}

/**
 * The same for parameters that take one plain stream selector: `match`, `match[]`, and `query` of volume, stats and
 * patterns. Loki takes `{}` and an empty text there for "everything", so these become the tenant's bare selector.
 *
 * @throws QueryRefused as above, and for anything around the selector.
 */
export function enforceLogqlSelector(selector: string, tenantId: string): string {
  const read = readQuery(selector, logqlLexis);
  const { text } = read;
  if (/^\s*(?:\{\s*\})?\s*$/.test(text)) return tenantSelector(tenantId);
  const tree = parse(text);
  const isPlain = PLAIN_SELECTOR.every((type, node) => tree.types[node] === type);
  if (!isPlain || text.slice(tree.froms[3], tree.tos[3]) !== text.trim()) {
    throw new QueryRefused(
      'parse_error',
      text,
      tree.froms[1] ?? 0,
      'expected one stream selector, such as {app="api"}',
    );
  }
  return limit(read, tree, tenantId);
}

function parse(text: string): FlatTree {
  const empty = /\{\s*\}/.exec(text);
  try {
    return grammar.parse(text);
  } catch (error) {
    // Only now, because the same characters inside a string are fine.
    if (error instanceof QueryRefused && error.code === 'parse_error' && empty !== null) {
      const end = empty.index + empty[0].length;
      if (error.position.offset > empty.index && error.position.offset < end) {
        const fix = 'a stream selector needs at least one matcher, such as {service_name=~".+"}';
        throw new QueryRefused('parse_error', text, empty.index, fix);
      }
    }
    throw error;
  }
}

function limit({ text, braces, strings }: QueryText, before: FlatTree, tenantId: string): string {
  const otherString = findOtherString(before, STRING, strings);
  if (otherString !== undefined) throw hidden(text, otherString);
  const matchers = { equality: equalityMatcher(tenantId), regex: regexMatcher(tenantId) };
  const insertions = insertionsFor(text, before, braces, matchers);
  if (insertions.length === 0) return text;
  const { spliced, after } = spliceAndCompare(text, before, insertions, grammar.parse);
  assertEnforced(spliced, after, matchers);
  return spliced;
}

type Matchers = { equality: string; regex: string };

/** Each selector gets its matcher before its first one; the grammar has it that there is one. */
function insertionsFor(
  text: string,
  tree: FlatTree,
  braces: readonly number[],
  matchers: Matchers,
): Insertion[] {
  const { types, froms, tos } = tree;
  const insertions: Insertion[] = [];
  let absentUntil = -1;
  for (let node = 0; node < types.length; node += 1) {
    if (types[node] === ABSENT_OVER_TIME) {
      // RangeAggregationExpr → RangeOp → AbsentOverTime: everything up to the end of the call is its argument.
      if (types[node - 2] !== RANGE_AGGREGATION) throw hidden(text, froms[node]);
      absentUntil = Math.max(absentUntil, tos[node - 2]!);
    } else if (types[node] === SELECTOR) {
      const open = froms[node]!;
      if (braces[insertions.length] !== open) throw hidden(text, open);
      const matcher = open < absentUntil ? matchers.regex : matchers.equality;
      insertions.push({ at: froms[node + 1]!, text: `${matcher},` });
    }
  }
  // Every brace the characters show must be one that the tree shows, or one of the two has misread the query.
  if (insertions.length !== braces.length) throw hidden(text, braces[insertions.length]);
  return insertions;
}

/** The last word, on the text that is sent: each selector begins with our matcher, read as a matcher. */
function assertEnforced(text: string, { types, froms, tos }: FlatTree, matchers: Matchers): void {
  for (let node = 0; node < types.length; node += 1) {
    if (types[node] !== SELECTOR) continue;
    let first = node + 1;
    // Matchers nest to the left, so the first Matcher below is the first one in the braces.
    while (first < types.length && types[first] !== MATCHER) first += 1;
    const matcher = text.slice(froms[first], tos[first]);
    const isWithin = (tos[first] ?? Infinity) < tos[node]!;
    if (!isWithin || (matcher !== matchers.equality && matcher !== matchers.regex)) {
      throw hidden(text, froms[node]);
    }
  }
}

function hidden(text: string, offset: number | undefined): QueryRefused {
  return new QueryRefused(
    'unsupported',
    text,
    offset ?? 0,
    'cannot tell which streams this selects: write it more simply',
  );
}
