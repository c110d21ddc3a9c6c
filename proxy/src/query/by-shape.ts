/**
 * Enforces a query that differs from an earlier one only in what its strings hold, without parsing it: what a dashboard
 * asks when one of its variables changes.
 *
 * Why that is as safe as parsing: `readQuery` lets through only strings that all readers end at the same place, so a
 * string is one token whatever it holds, and a query has the tree of its shape, which is the query with `x` in its
 * strings. The shape goes the whole way of parse, splice, parse again and compare; then the caller's strings are put in
 * where the placeholders are, and what comes out is read once more (`assertFilled`).
 */
import { readQuery } from './enforce-text.ts';
import type { Lexis, QueryText } from './enforce-text.ts';
import { checkedTenantId } from './matcher.ts';
import { RecentlyUsed } from './recently-used.ts';
import type { Limits } from './recently-used.ts';

type Enforce = (query: string, tenantId: string) => string;

/** A query taken apart; together again, it is the query. */
export type Apart = {
  /** The text with every string reduced to its quotes and, unless it is empty, an `x`. */
  shape: string;
  /** The strings in order, with their quotes. */
  strings: string[];
};

/** An enforced shape, ready to take the strings of a query. */
export type Form = {
  /** What stands between the caller's strings: one more than there are of those. */
  pieces: string[];
  shape: string;
  /** Every string of the enforced shape, in order: one that we put in, or null where one of the caller's belongs. */
  strings: (string | null)[];
};

const LIMITS: Limits = { maxEntries: 10_000, maxCharacters: 8 * 1024 * 1024 };

/**
 * Returns a function that does what `enforce` does, and remembers by tenant the shapes of what it has enforced.
 * @param enforce must refuse a query in which its grammar sees other strings than `readQuery` does under `lexis`
 */
export function byShape(enforce: Enforce, lexis: Lexis, limits = LIMITS): Enforce {
  const known = new RecentlyUsed<Form | 'seen'>(limits);
  return (query, tenantId) => {
    const { shape, strings } = takeApart(readQuery(query, lexis));
    const key = `${checkedTenantId(tenantId)} ${shape}`;
    let form = known.get(key);
    if (form === undefined) {
      // Most shapes never come again: a form is made for those that do.
      const enforced = enforce(query, tenantId);
      known.set(key, 'seen', 0);
      return enforced;
    }
    if (form === 'seen') {
      form = formOf(shape, strings.length, tenantId, enforce, lexis);
      known.set(key, form, 2 * form.shape.length);
    }
    const filled = fill(form, strings);
    assertFilled(filled, form, strings, lexis);
    return filled;
  };
}

export function takeApart({ text, strings: spans }: Pick<QueryText, 'text' | 'strings'>): Apart {
  const strings: string[] = [];
  let shape = '';
  let copied = 0;
  for (let i = 0; i < spans.length; i += 2) {
    const from = spans[i]!;
    const to = spans[i + 1]!;
    strings.push(text.slice(from, to));
    shape += text.slice(copied, from + 1);
    if (to - from > 2) shape += 'x';
    copied = to - 1;
  }
  return { shape: shape + text.slice(copied), strings };
}

/** @param count how many strings the shape has */
function formOf(shape: string, count: number, tenantId: string, enforce: Enforce, lexis: Lexis): Form {
  const text = enforce(shape, tenantId);
  const { strings: spans } = readQuery(text, lexis, Infinity);
  const enforced = takeApart({ text, strings: spans });
  const ours = `"${tenantId}"`;
  const pieces: string[] = [];
  let copied = 0;
  const strings = enforced.strings.map((string, i) => {
    if (string === ours) return ours;
    pieces.push(text.slice(copied, spans[2 * i]));
    copied = spans[2 * i + 1]!;
    return null;
  });
  if (pieces.length !== count) throw new Error('a query came back with other strings');
  pieces.push(text.slice(copied));
  return { pieces, shape: enforced.shape, strings };
}

function fill({ pieces }: Form, strings: readonly string[]): string {
  let filled = '';
  for (let i = 0; i < pieces.length; i += 1) filled += pieces[i]! + (strings[i] ?? '');
  return filled;
}

/**
 * The last word, on the text that is sent: read anew it has the shape that was parsed, our strings where they were
 * there, and in all other places the caller's, in order. Throws an Error otherwise, which would be a fault of ours.
 */
export function assertFilled(filled: string, form: Form, strings: readonly string[], lexis: Lexis): void {
  const found = takeApart(readQuery(filled, lexis, Infinity));
  let next = 0;
  const isAsProven =
    found.shape === form.shape &&
    found.strings.length === form.strings.length &&
    found.strings.every((string, i) => string === (form.strings[i] ?? strings[next++])) &&
    next === strings.length;
  if (!isAsProven) throw new Error('a query was not put together as it was taken apart');
}
