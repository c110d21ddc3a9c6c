// How lines of a log are walked through, page by page, newest first. A position is made of times and ids of what was sent,
// so what arrives meanwhile shifts nothing.
import type { SearchHit } from '@obstack/contracts/search';
import { z } from 'zod';
import type { Found, Page } from '../source.ts';
import { instantOf } from '../time.ts';
import { positionOf } from './shared.ts';

export interface Line {
  readonly nanos: bigint;
  readonly hit: SearchHit;
}

/** Where the walk stands: everything later than `at` is through, and of those at `at` the ones that were seen. */
const Position = z.strictObject({
  at: z.string().regex(/^\d{1,19}$/),
  seen: z.array(z.string().max(24)).max(1_000),
});
type Position = z.infer<typeof Position>;
/** A store gives some thousands of lines at once, and a cursor has to fit into a request. */
const MAX_SEEN = 500;

export interface LineWalk {
  /** Exclusive. */
  readonly end: bigint;
  /** For a whole page, since those that were seen come again. */
  readonly atLeast: number;
  /**
   * @param lines what the store gave for this stretch, in any order
   * @param isCut there may be more of them
   */
  page(lines: readonly Line[], isCut: boolean): Found;
}

/** @throws BadPosition for a cursor that is not one of ours */
export function lineWalk({ to, limit, position: text }: Page): LineWalk {
  const position = text === undefined ? undefined : positionOf(text, Position);
  const seen = new Set(position?.seen);
  return {
    end: position ? BigInt(position.at) + 1n : to,
    atLeast: limit + (position?.seen.length ?? 0),
    page(lines, isCut) {
      const left = lines
        .filter(({ nanos, hit }) => !(String(nanos) === position?.at && seen.has(hit.id)))
        .sort((a, b) => (a.nanos === b.nanos ? (a.hit.id < b.hit.id ? -1 : 1) : a.nanos > b.nanos ? -1 : 1));
      const kept = left.slice(0, limit);
      const hits = kept.map(({ hit }) => hit);
      const last = kept.at(-1);
      if (!last || (!isCut && left.length === kept.length)) return { hits, next: undefined };
      return { hits, ...nextAfter(last.nanos, kept, position) };
    },
  };
}

function nextAfter(
  last: bigint,
  kept: readonly Line[],
  position: Position | undefined,
): Pick<Found, 'next' | 'partial'> {
  const at = String(last);
  const seen = kept.filter((line) => line.nanos === last).map(({ hit }) => hit.id);
  if (position?.at === at) seen.push(...position.seen);
  if (seen.length <= MAX_SEEN) return { next: JSON.stringify({ at, seen } satisfies Position) };
  const earlier: Position = { at: String(last - 1n), seen: [] };
  return {
    next: JSON.stringify(earlier),
    partial: `more than ${MAX_SEEN} lines of one nanosecond (${instantOf(last)}): the rest of them is left out`,
  };
}
