// The oracle for PromQL: see src/oracle/compare.ts.
import { describe, expect, it } from '@jest/globals';
import { promqlQuery, seededRng } from '@obstack/proxy/testing';
import { useLabelLocked } from '../src/lab/use-label-locked.ts';
import { promqlQuestions } from '../src/oracle/questions.ts';
import { expectEqual, expectHandPicked, inTurn } from '../src/oracle/suite.ts';
import { promqlWords } from '../src/oracle/vocabulary.ts';

const GENERATED = 240;

describe('oracle: PromQL through the proxy over many tenants equals PromQL over one', () => {
  const oracle = useLabelLocked();

  it('for hand-picked queries, as every tenant', async () => {
    await expectHandPicked(oracle, 'promql', (query) => promqlQuestions(query, oracle.lab.window));
  }, 120_000);

  it('for generated queries', async () => {
    const words = promqlWords(seededRng(20261123));
    const queries = Array.from({ length: GENERATED }, () => promqlQuery(words));
    const cases = inTurn(queries, (query) => promqlQuestions(query, oracle.lab.window));
    const { filled } = await expectEqual(oracle, 'generated promql', cases);
    // Equal emptiness proves nothing.
    expect(filled).toBeGreaterThan(GENERATED / 3);
  }, 120_000);
});
