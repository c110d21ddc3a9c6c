/**
 * An independent reading of enforced queries, for property tests and fuzzing: it shares only the grammars with the
 * code under test, parses tolerantly, and walks the tree in another way.
 */
import { parser as logqlParser } from '@grafana/lezer-logql';
import { parser as traceqlParser } from '@grafana/lezer-traceql';
import type { SyntaxNode } from '@lezer/common';
import { parser as promqlParser } from '@prometheus-io/lezer-promql';

export type LanguageName = 'promql' | 'logql' | 'traceql';

const parsers = { promql: promqlParser, logql: logqlParser, traceql: traceqlParser };
const selectors = { promql: 'VectorSelector', logql: 'Selector', traceql: 'SpansetFilter' };

/** Returns what is wrong with `enforced`, or null when each selector in it is tied to `tenantId`. */
export function findLeak(language: LanguageName, enforced: string, tenantId: string): string | null {
  // Intrinsics that the grammar lacks; the stand-in differs from the one in the code under test.
  const text =
    language === 'traceql' ? enforced.replace(/\bnestedSet(?:Parent|Right|Left)\b/g, inPlace) : enforced;
  const tree = parsers[language].parse(text);
  if (/[#]|\/[/*]/.test(withoutStrings(enforced))) return 'a comment is left';
  let found = 0;
  const problems: string[] = [];
  tree.iterate({
    enter: (reference) => {
      const { name, from, to } = reference;
      if (reference.type.isError) problems.push(`error at ${from}`);
      if (name === 'FunctionIdentifier' && text.slice(from, to) === 'info') problems.push('info() is left');
      if (name !== selectors[language]) return;
      found += 1;
      const selector = reference.node;
      const isTied =
        language === 'traceql' ? isConjunct(selector, text, tenantId) : hasMatcher(selector, text, tenantId);
      if (!isTied) problems.push(`selector without its matcher: ${text.slice(from, to)}`);
    },
  });
  const braces = withoutStrings(enforced).split('{').length - 1;
  if (braces !== found) problems.push(`${braces} braces but ${found} selectors`);
  return problems[0] ?? null;
}

/** `enforced` without what enforcement adds; equal to `normalised(original)` when nothing else changed. */
export function withoutTenant(language: LanguageName, enforced: string, tenantId: string): string {
  if (language !== 'traceql') {
    return normalised(enforced.replace(new RegExp(`tenant_id=~?"${tenantId}",?`, 'g'), ''));
  }
  const strings: string[] = [];
  const condition = `resource.tenant_id="${tenantId}"`;
  const masked = enforced
    .replaceAll(condition, '@')
    .replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, (text) => `§${strings.push(text) - 1}§`);
  return normalised(
    masked
      .replace(/\{ @ && \(([^{}]*)\) \}/g, '{$1}')
      .replace(/\{ @ /g, '{')
      .replace(/§(\d+)§/g, (_, index: string) => strings[Number(index)] ?? ''),
  );
}

/** White space and empty braces taken out: what enforcement may add or blank. */
export function normalised(query: string): string {
  return query.replace(/\s+/g, '').replaceAll('{}', '');
}

function inPlace(name: string): string {
  return { 15: 'rootServiceName', 14: 'link:traceID  ', 13: 'statusMessage' }[name.length] ?? name;
}

function withoutStrings(query: string): string {
  return query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '');
}

function hasMatcher(selector: SyntaxNode, text: string, tenantId: string): boolean {
  const wanted = [`tenant_id="${tenantId}"`, `tenant_id=~"${tenantId}"`];
  const cursor = selector.cursor();
  const matchers: string[] = [];
  do {
    if (cursor.name === 'UnquotedLabelMatcher' || cursor.name === 'Matcher') {
      matchers.push(text.slice(cursor.from, cursor.to));
    }
  } while (cursor.next() && cursor.from < selector.to);
  return matchers.some((matcher) => wanted.includes(matcher));
}

function isConjunct(filter: SyntaxNode, text: string, tenantId: string): boolean {
  const condition = `resource.tenant_id="${tenantId}"`;
  const content = filter.firstChild;
  if (content === null) return false;
  if (text.slice(content.from, content.to) === condition) return filter.lastChild?.from === content.from;
  const [left, and, right] = [content.firstChild, content.firstChild?.nextSibling, content.lastChild];
  return (
    left !== null &&
    right !== null &&
    and?.name === 'And' &&
    text.slice(left.from, left.to) === condition &&
    /^\([^]*\)$/.test(text.slice(right.from, right.to)) &&
    right.firstChild?.nextSibling === null
  );
}
