// The oracle for TraceQL: see src/oracle/compare.ts.
import { describe, expect, it } from '@jest/globals';
import { seededRng, traceqlQuery } from '@obstack/proxy/testing';
import { useLabelLocked } from '../src/lab/use-label-locked.ts';
import type { Question } from '../src/oracle/question.ts';
import { traceqlQuestions } from '../src/oracle/questions.ts';
import { expectEqual, expectHandPicked, inTurn } from '../src/oracle/suite.ts';
import { traceqlWords } from '../src/oracle/vocabulary.ts';

const GENERATED = 200;

/**
 * A negation is true of spans without the attributes it names, but Tempo looks at spans only which have one of them,
 * unless something else is asked of all, as the tenant's condition is. compare() counts an attribute that the query
 * names, as that condition does, twice.
 */
const readsMoreWhenEnforced = ({ params }: Question): boolean => /!\s*\(|compare\(/.test(String(params?.q));

describe('oracle: TraceQL through the proxy over many tenants equals TraceQL over one', () => {
  const oracle = useLabelLocked();

  it('for hand-picked queries, as every tenant', async () => {
    await expectHandPicked(oracle, 'traceql', (query) => traceqlQuestions(query, oracle.lab.window));
  }, 120_000);

  it('for generated queries', async () => {
    const words = traceqlWords(seededRng(20261123));
    // Of equally frequent values compare() shows any ten, unless it is asked for more than there are.
    const queries = Array.from({ length: GENERATED }, () =>
      traceqlQuery(words).replace(/compare\((.*)\)/, 'compare($1, 100)'),
    );
    const cases = inTurn(queries, (query) => traceqlQuestions(query, oracle.lab.window));
    const { filled } = await expectEqual(oracle, 'generated traceql', cases, readsMoreWhenEnforced);
    // Equal emptiness proves nothing.
    expect(filled).toBeGreaterThan(GENERATED / 3);
  }, 120_000);
});
