/**
 * Ties a TraceQL query to one tenant: what stands in each `{ … }` becomes `{ resource.tenant_id="…" && ( … ) }`.
 * The parentheses matter: in Tempo `&&` and `||` bind equally, so `{ ours && a || b }` would let b escape.
 * String in, string out; what cannot be proven is refused with QueryRefused. Reasons: docs/decisions/enforcement.md.
 */
import { parser } from '@grafana/lezer-traceql';
import { QueryRefused } from './enforce-error.ts';
import { closedGrammar } from './enforce-tree.ts';
import type { FlatTree } from './enforce-tree.ts';
import { spanCondition, tenantSpanset, TENANT_LABEL } from './matcher.ts';
import { readQuery } from './enforce-text.ts';
import type { Lexis } from './enforce-text.ts';
import { spliceAndCompare } from './splice.ts';
import type { Insertion } from './splice.ts';

const lexis: Lexis = { quotes: '"', escapes: 'plain', comments: 'slash' };

const grammar = closedGrammar(
  'TraceQL',
  parser,
  `
  TraceQL SpansetPipelineExpression WrappedSpansetPipeline SpansetPipeline SpansetExpression SpansetFilter
  And Or Gt Lt Desc Anc Pipe ExperimentalOp UnionStructuralOp
  FieldExpression FieldOp Static String Integer Float Duration IntrinsicField
  AttributeField Identifier Event Instrumentation Link Resource Span
  ScalarFilter ScalarExpression ScalarOp Aggregate AggregateExpression ComparisonOp
  GroupOperation SelectOperation SelectArgs CoalesceOperation
  MetricsOperation MetricsOperationBasic MetricsOperationBasicType MetricsOperationHistogram MetricsExpression
  MetricsOperationQuantile MetricsOperationQuantileArgs MetricsOperationQuantileArgsType MetricsOperationCompare
  MetricsOverTime MetricsOverTimeType MetricsAggregatorFunctions MetricsAggregatorFunctionType
  WithHint With HintParameters HintParameter HintIdentifier HintValue
  `,
  {
    TemplateVariable: 'replace the template variable by its value',
    Parent: '"parent" is not supported by Tempo',
  },
);

/** Intrinsics that Tempo has and the grammar does not, with ones of the same length that it has. */
const standIns: Record<string, string> = {
  nestedSetParent: 'rootServiceName',
  nestedSetRight: 'trace:rootName',
  nestedSetLeft: 'traceDuration',
};

/**
 * Parses a stand-in of the same length: with the intrinsics above replaced, and on one line, because the grammar
 * takes line breaks and tabs for parts of attribute names.
 */
function parse(text: string): FlatTree {
  const standIn = text
    .replace(/[\t\r\n]/g, ' ')
    .replace(/\bnestedSet(?:Parent|Right|Left)\b/g, (name) => standIns[name] ?? name);
  return grammar.parse(standIn, text);
}

const SPANSET_FILTER = grammar.id('SpansetFilter');
const SPANSET_EXPRESSION = grammar.id('SpansetExpression');
const SPANSET_PIPELINE = grammar.id('SpansetPipeline');
const FIELD_EXPRESSION = grammar.id('FieldExpression');
const FIELD_OP = grammar.id('FieldOp');
const ATTRIBUTE = grammar.id('AttributeField');
const AND = grammar.id('And');

/**
 * Attribute names that our grammar and Tempo read alike: they differ on `+`, `*`, brackets, quotes and more, and
 * read `a//b` as a name or as a name and a comment. Anything else can be put in quotes.
 */
const ATTRIBUTE_NAME =
  /^(?:resource|span|event|link|instrumentation)?\.(?:[A-Za-z0-9_.:@-]|\/(?!\/)|"(?:[^"\\]|\\["\\])*")+$/;

/**
 * Returns `query` with the tenant's condition in every spanset filter, including those in structural operations,
 * in parentheses and in compare(); the rest of its text is untouched, comments blanked. An empty query, which asks
 * Tempo for everything, becomes the tenant's bare filter.
 *
 * @throws QueryRefused when the query is not valid, too big, or holds what cannot be enforced: template variables,
 * `parent.`, a pipeline that does not begin with a `{ … }`.
 */
export function enforceTraceql(query: string, tenantId: string): string {
  const condition = spanCondition(tenantId);
  const { text, braces } = readQuery(query, lexis);
  if (text.trim() === '') return tenantSpanset(tenantId);
  const before = parse(text);
  assertReadAlike(text, before);
  assertPipelinesSelect(text, before);
  const insertions = insertionsFor(text, before, braces, condition);
  const { spliced, after } = spliceAndCompare(text, before, insertions, parse);
  assertEnforced(spliced, after, condition);
  return spliced;
}

/** `{ a }` gets ` ours && (` after its opening brace and `)` before its closing one, `{}` only ` ours `. */
function insertionsFor(
  text: string,
  tree: FlatTree,
  braces: readonly number[],
  condition: string,
): Insertion[] {
  const { types, froms, tos } = tree;
  const insertions: Insertion[] = [];
  let filters = 0;
  for (let node = 0; node < types.length; node += 1) {
    if (types[node] !== SPANSET_FILTER) continue;
    const open = froms[node]!;
    const close = tos[node]! - 1;
    if (braces[filters] !== open) throw hidden(text, open);
    filters += 1;
    if (types[node + 1] === FIELD_EXPRESSION && froms[node + 1]! < close) {
      insertions.push({ at: open + 1, text: ` ${condition} && (` }, { at: close, text: ') ' });
    } else {
      insertions.push({ at: open + 1, text: ` ${condition} ` });
    }
  }
  // Every brace the characters show must be one that the tree shows, or one of the two has misread the query.
  if (filters !== braces.length || filters === 0) throw hidden(text, braces[filters]);
  return insertions;
}

/** The last word, on the text that is sent: each filter is our condition, alone or joined by `&&` to one in parentheses. */
function assertEnforced(text: string, { types, froms, tos }: FlatTree, condition: string): void {
  for (let node = 0; node < types.length; node += 1) {
    if (types[node] !== SPANSET_FILTER) continue;
    const start = froms[node]! + 2;
    const end = start + condition.length;
    const whole = tos[node + 1]!;
    let next = node + 1;
    const isOurs = text.slice(start, end) === condition;
    if (isOurs && whole === end && types[next] === FIELD_EXPRESSION && froms[next] === start) continue;
    // FieldExpression(FieldExpression(ours), And, FieldExpression("(" … ")")), in preorder.
    next += 1;
    const isConjunct = types[next] === FIELD_EXPRESSION && froms[next] === start && tos[next] === end;
    while (next < types.length && froms[next]! < end) next += 1;
    const isJoined =
      types[next] === AND &&
      types[next + 1] === FIELD_EXPRESSION &&
      text.slice(end, froms[next + 1]! + 1) === ' && (' &&
      tos[next + 1] === whole &&
      text.charAt(whole - 1) === ')';
    if (!isOurs || !isConjunct || !isJoined) throw hidden(text, froms[node]);
  }
}

/** Refuses attribute names that Tempo's hand-written lexer might end elsewhere than the grammar does. */
function assertReadAlike(text: string, { types, froms, tos }: FlatTree): void {
  for (let node = 0; node < types.length; node += 1) {
    if (types[node] !== ATTRIBUTE) continue;
    const from = froms[node]!;
    if (!ATTRIBUTE_NAME.test(text.slice(from, tos[node]))) {
      const fix = 'put spaces around operators and quotes around unusual attribute names, such as span."a+b"';
      throw new QueryRefused('unsupported', text, from, fix);
    }
  }
}

/**
 * Refuses a pipeline whose first stage is not a spanset, such as `count() > 2` or `by(.a)`: Tempo runs it over all
 * spans. Whatever the grouping, a stage that follows a `|` has one before it, so only that needs to be looked at.
 */
function assertPipelinesSelect(text: string, { types, froms }: FlatTree): void {
  for (let node = 0; node < types.length; node += 1) {
    const first = types[node + 1];
    if (types[node] !== SPANSET_PIPELINE || first === SPANSET_FILTER || first === SPANSET_EXPRESSION)
      continue;
    const from = froms[node]!;
    const upTo = text.slice(0, from).trimEnd();
    if (!upTo.endsWith('|') || upTo.endsWith('||')) {
      throw new QueryRefused(
        'unsupported',
        text,
        from,
        'begin the pipeline with a spanset filter, such as "{} | …"',
      );
    }
  }
}

/**
 * Turns the filter of a tag endpoint into one that is safe there: the tenant's condition first, then those of the
 * user's conditions that Tempo is sure to keep apart from it, all joined by `&&`.
 *
 * These endpoints do not evaluate TraceQL. Tempo 2.8 picks conditions out of the text with two regular expressions
 * (pkg/traceql/extractmatcher.go), parses what it picked, and when anything is odd (an `||`, a second filter, text that
 * does not parse, an attribute without scope) answers from all spans in place of an error. Two conditions on one
 * column it joins by OR. So whatever is not plainly one of `attribute operator value` is left out: that widens
 * the suggestions within the tenant, as Tempo itself does when a filter is too much for it, and nothing else.
 *
 * Never throws QueryRefused: a filter that cannot be read, such as a half-typed one, counts as empty.
 */
export function enforceTraceqlTagFilter(filter: string, tenantId: string): string {
  const conditions = [spanCondition(tenantId), ...separableConditions(filter)];
  return `{ ${conditions.join(' && ')} }`;
}

/** Scoped, so Tempo need not search every scope; the characters are ones its regular expressions keep whole. */
const TAG_ATTRIBUTE = /^(?:resource|span)\.([A-Za-z0-9_.-]+)$/;
/** Intrinsics of the span itself. Those of the trace (rootName, …) look at spans that may be another tenant's. */
const TAG_INTRINSIC = /^(?:span:)?(?:name|kind|status|statusMessage|duration)$/;
/**
 * Without spaces, quotes, operators, braces and pipes, or Tempo cuts the condition elsewhere than we do. Numbers must
 * be ones that it can read, because it answers from all spans when it cannot: no leading zero, which makes an octal
 * number, and no overflow.
 */
const TAG_VALUE =
  /^(?:"[A-Za-z0-9_.:/@*+?^$-]+"|(?!nil$)[a-z]+|0|[1-9][0-9]{0,14}|[1-9][0-9]{0,5}(?:s|ms|m|h))$/;
const TAG_OPERATOR = /^(?:=|!=|=~|!~|<|<=|>|>=)$/;

/** The conditions of `{ a && b && … }` that may be sent to a tag endpoint, written with single spaces. */
function separableConditions(filter: string): string[] {
  try {
    const { text } = readQuery(filter, lexis);
    const tree = parse(text);
    const spanset = tree.types.indexOf(SPANSET_FILTER);
    const isWhole = spanset > 0 && text.slice(tree.froms[spanset], tree.tos[spanset]) === text.trim();
    const [content] = isWhole ? children(tree, spanset) : [];
    return content === undefined ? [] : conjuncts(text, tree, content);
  } catch (error) {
    if (error instanceof QueryRefused) return [];
    throw error;
  }
}

function conjuncts(text: string, tree: FlatTree, expression: number): string[] {
  const parts = children(tree, expression);
  const [left, middle, right] = parts;
  if (left === undefined || tree.types[expression] !== FIELD_EXPRESSION) return [];
  // Parentheses are no nodes of their own: an expression with one expression in it is a pair of them (or a minus or "!").
  if (parts.length === 1 && text.charAt(tree.froms[expression]!) === '(') return conjuncts(text, tree, left);
  if (parts.length !== 3 || middle === undefined || right === undefined) return [];
  if (tree.types[middle] === AND) return [...conjuncts(text, tree, left), ...conjuncts(text, tree, right)];

  const [attribute, operator, value] = parts.map((part) => text.slice(tree.froms[part], tree.tos[part]));
  const name = TAG_ATTRIBUTE.exec(attribute ?? '')?.[1];
  const isKnown = name === undefined ? TAG_INTRINSIC.test(attribute ?? '') : name !== TENANT_LABEL;
  const isComparison = tree.types[middle] === FIELD_OP && TAG_OPERATOR.test(operator ?? '');
  return isKnown && isComparison && TAG_VALUE.test(value ?? '') ? [`${attribute} ${operator} ${value}`] : [];
}

/** Direct children of `node`, in order. Relies on no node being empty, which holds in this grammar. */
function children({ types, froms, tos }: FlatTree, node: number): number[] {
  const found: number[] = [];
  for (let next = node + 1; next < types.length && froms[next]! < tos[node]!;) {
    found.push(next);
    const end = tos[next]!;
    do next += 1;
    while (next < types.length && froms[next]! < end);
  }
  return found;
}

function hidden(text: string, offset: number | undefined): QueryRefused {
  return new QueryRefused(
    'unsupported',
    text,
    offset ?? 0,
    'cannot tell which spans this selects: write it more simply',
  );
}
