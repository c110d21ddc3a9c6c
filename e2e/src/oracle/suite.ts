// One suite of the oracle: asks everything, compares, and says how much was compared.
import { expect } from '@jest/globals';
import { TENANTS } from '../lab/tenants.ts';
import type { LabTenant } from '../lab/tenants.ts';
import { compareAll, explain, tally } from './compare.ts';
import type { Oracle, Tally } from './compare.ts';
import { handPicked } from './hand-picked.ts';
import type { Expected } from './hand-picked.ts';
import type { Question } from './question.ts';

export interface Case {
  readonly tenant: LabTenant;
  readonly question: Question;
}

/** Each query for one of the tenants, in turn. */
export const inTurn = (queries: readonly string[], toQuestions: (query: string) => Question[]): Case[] =>
  queries.flatMap((query, i) => {
    const tenant = TENANTS[i % TENANTS.length] as LabTenant;
    return toQuestions(query).map((question) => ({ tenant, question }));
  });

/**
 * Everything asked is equal. `mayDiffer` says for which queries it is enough that their enforced text is answered
 * alike in both places.
 */
export async function expectEqual(
  oracle: Oracle,
  name: string,
  cases: readonly Case[],
  mayDiffer: (question: Question) => boolean = () => false,
): Promise<Tally> {
  const counts = tally(await compareAll(oracle, cases));
  report(name, cases, counts);
  expect(counts.different.map(explain)).toEqual([]);
  expect(counts.refused.map(explain)).toEqual([]);
  const unexpected = counts.asEnforced.filter(({ question }) => !mayDiffer(question) && !keepsAny(question));
  expect(unexpected.map(explain)).toEqual([]);
  // What cannot be compared must stay the exception.
  expect(counts.unstable).toBeLessThanOrEqual(cases.length / 10);
  return counts;
}

/** Of equal values Loki keeps whichever comes first, in the random order of a Go map: which one may change each time. */
const keepsAny = (question: Question): boolean =>
  question.api === 'loki' && /\b(top|bottom)k\b/.test(queryOf(question));

const queryOf = ({ params }: Question): string => String(params?.query ?? params?.q);

/** The hand-picked queries as every tenant; what is marked in e2e/queries turns out so, and nothing else does. */
export async function expectHandPicked(
  oracle: Oracle,
  language: 'promql' | 'logql' | 'traceql',
  toQuestions: (query: string) => Question[],
): Promise<void> {
  const cases = (expected: Expected): Case[] =>
    TENANTS.flatMap((tenant) =>
      handPicked(language, tenant)
        .filter((one) => one.expected === expected)
        .flatMap(({ query }) => toQuestions(query).map((question) => ({ tenant, question }))),
    );
  await expectEqual(oracle, `hand-picked ${language}`, cases('equal'));
  const refused = await compareAll(oracle, cases('refused'));
  expect(refused.filter(({ verdict }) => !/refused|failed-alike/.test(verdict.kind)).map(explain)).toEqual(
    [],
  );
  expect(refused.some(({ verdict }) => verdict.kind === 'refused')).toBe(refused.length > 0);
  const asEnforced = await compareAll(oracle, cases('equal-as-enforced'));
  expect(asEnforced.filter(({ verdict }) => verdict.kind !== 'equal-as-enforced').map(explain)).toEqual([]);
}

function report(name: string, cases: readonly Case[], counts: Tally): void {
  const { equal, filled, asEnforced, failedAlike, unstable } = counts;
  const queries = new Set(cases.map(({ question }) => queryOf(question)));
  process.stdout.write(
    `oracle, ${name}: ${queries.size} queries, ${cases.length} questions: ${equal} equal (${filled} of them not empty), ` +
      `${asEnforced.length} equal as enforced, ${failedAlike} failed alike, ${unstable} unstable by themselves\n`,
  );
}
