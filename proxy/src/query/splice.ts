/**
 * Puts text into a query and proves that nothing else about the query changed.
 * The query's own text is never printed anew: printers lose precision (`[1001ms]`) and know only old syntax.
 */
import { QueryRefused } from './enforce-error.ts';
import type { FlatTree } from './enforce-tree.ts';

/** `text` to be put before the character at offset `at`. */
export type Insertion = { at: number; text: string };

/** Most insertions made: a selector of two characters grows to fifty, so few bytes could ask for much work. */
export const MAX_INSERTIONS = 1_000;

/**
 * Returns `query` with every insertion made. `insertions` must be sorted by `at`.
 * @throws QueryRefused for more than `MAX_INSERTIONS`.
 */
export function splice(query: string, insertions: readonly Insertion[]): string {
  const excess = insertions[MAX_INSERTIONS];
  if (excess !== undefined) {
    throw new QueryRefused('too_long', query, excess.at, 'too many selectors: split the query');
  }
  let out = '';
  let copied = 0;
  for (const { at, text } of insertions) {
    out += query.slice(copied, at) + text;
    copied = at;
  }
  return out + query.slice(copied);
}

/**
 * Makes the insertions and proves that they did what they were meant to: the result parses, and its tree is `before`
 * plus nodes made of inserted text.
 * @throws QueryRefused, at a place in `query`, when that is not so.
 */
export function spliceAndCompare(
  query: string,
  before: FlatTree,
  insertions: readonly Insertion[],
  parse: (text: string) => FlatTree,
): { spliced: string; after: FlatTree } {
  const spliced = splice(query, insertions);
  let after: FlatTree;
  try {
    after = parse(spliced);
  } catch (error) {
    if (!(error instanceof QueryRefused)) throw error;
    // It parsed without the insertions, so most likely it has only become too big for the grammar.
    throw new QueryRefused('too_deep', query, 0, 'too many nested or chained operations: split the query');
  }
  assertSameShape(query, before, after, insertions);
  return { spliced, after };
}

/**
 * Throws QueryRefused unless `after`, the tree of the spliced query, is `before` plus nodes made of inserted text.
 *
 * Every node of `after` either begins and ends inside inserted text (it is ours), or is the next node of `before`,
 * of the same type and at the same place once the insertions are taken out again. A node of the query may begin
 * or end with an insertion at its very edge: `foo` grows to `foo{…}`.
 */
export function assertSameShape(
  query: string,
  before: FlatTree,
  after: FlatTree,
  insertions: readonly Insertion[],
): void {
  const original = new Map<number, number>();
  const starts: number[] = [];
  const ends: number[] = [];
  let shift = 0;
  for (const { at, text } of insertions) {
    starts.push(at + shift);
    shift += text.length;
    ends.push(at + shift);
    original.set(at + shift - text.length, at).set(at + shift, at);
  }
  /** How many insertions start at or before (for a node's start), or strictly before (for its end), `offset`. */
  const countStarts = (offset: number, strictly: boolean): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = starts[middle]!;
      if (strictly ? start < offset : start <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const unshift = (offset: number, inserted: number): number =>
    inserted === 0 ? offset : offset - ends[inserted - 1]! + insertions[inserted - 1]!.at;

  let next = 0;
  for (let node = 0; node < after.types.length; node += 1) {
    const from = after.froms[node]!;
    const to = after.tos[node]!;
    const startsBefore = countStarts(from, false);
    const startsInside = startsBefore > 0 && from < ends[startsBefore - 1]!;
    const endsBefore = countStarts(to, true);
    const endsInside = endsBefore > 0 && to <= ends[endsBefore - 1]!;
    if (startsInside && endsInside) continue;
    const originalFrom = startsInside ? original.get(from) : unshift(from, startsBefore);
    const originalTo = endsInside ? original.get(to) : unshift(to, endsBefore);
    if (
      before.types[next] !== after.types[node] ||
      before.froms[next] !== originalFrom ||
      before.tos[next] !== originalTo
    ) {
      throw shapeChanged(query, before.froms[next] ?? query.length);
    }
    next += 1;
  }
  if (next !== before.types.length) throw shapeChanged(query, before.froms[next] ?? query.length);
}

function shapeChanged(query: string, offset: number): QueryRefused {
  return new QueryRefused(
    'unsupported',
    query,
    offset,
    'this part cannot be limited to one tenant safely: write it more simply, with parentheses',
  );
}
