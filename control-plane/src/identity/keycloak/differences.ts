/** Compares what is wanted with what is there. Pure. */
import { isDeepStrictEqual } from 'node:util';

/**
 * Names every member of `wanted` whose value is another one in `found`: `redirectUris`, `attributes.x`. Members that only
 * `found` has are nobody's business; lists are sets; an empty text or list is as good as none.
 */
export function differences(wanted: object, found: object): string[] {
  const there = found as Record<string, unknown>;
  return Object.entries(wanted as Record<string, unknown>).flatMap(([name, value]) => {
    const other = there[name];
    if (Array.isArray(value)) return isSameSet(value, other) ? [] : [name];
    if (typeof value === 'object' && value !== null) {
      return differences(value, other ?? {}).map((inner) => `${name}.${inner}`);
    }
    return value === other || (value === '' && other === undefined) ? [] : [name];
  });
}

function isSameSet(wanted: readonly unknown[], found: unknown): boolean {
  const other: unknown[] = Array.isArray(found) ? found : [];
  return isDeepStrictEqual(new Set(wanted), new Set(other)) && other.length === wanted.length;
}
