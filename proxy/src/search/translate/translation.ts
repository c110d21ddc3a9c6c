import type { Condition, Pattern } from '../language/query.ts';
import { literal, matches } from './literals.ts';

/** A query in a store's own language, not yet tied to a tenant; or why this store cannot hold an answer. */
export type Translation =
  { readonly branches: readonly [string, ...string[]] } | { readonly inapplicable: string };

export const isConditionOf =
  <K extends Condition['kind']>(kind: K) =>
  (condition: Condition): condition is Extract<Condition, { kind: K }> =>
    condition.kind === kind;

export interface ServiceCondition {
  readonly pattern: Pattern;
  readonly isExcluded: boolean;
}

/**
 * Matchers for the service, which is the first of `labels` that is there: one list per label that it may be, so that no
 * stream or series is selected by two of them.
 * @param labels at least one
 */
export function serviceBranches(
  labels: readonly string[],
  conditions: readonly ServiceCondition[],
): [string[], ...string[][]] {
  if (conditions.length === 0) return [[]];
  const of = (label: string): string[] =>
    conditions.map(({ pattern, isExcluded }) => `${label}${matches(pattern, isExcluded)}`);
  const [only] = labels;
  if (labels.length === 1 && only !== undefined) return [of(only)];
  const absent = (count: number): string[] =>
    labels.slice(0, count).map((label) => `${label}=${literal('')}`);
  const branches = labels.map((label, i) => [...absent(i), `${label}!=${literal('')}`, ...of(label)]);
  // Without any service, nothing but exclusions can hold.
  if (conditions.every(({ isExcluded }) => isExcluded)) branches.push(absent(labels.length));
  return branches as [string[], ...string[][]];
}
