// The oracle for LogQL: see src/oracle/compare.ts.
import { describe, expect, it } from '@jest/globals';
import { logqlLogQuery, logqlMetricQuery, seededRng } from '@obstack/proxy/testing';
import { useLabelLocked } from '../src/lab/use-label-locked.ts';
import { logqlQuestions } from '../src/oracle/questions.ts';
import { expectEqual, expectHandPicked, inTurn } from '../src/oracle/suite.ts';
import { logqlWords } from '../src/oracle/vocabulary.ts';

const GENERATED = 200;

describe('oracle: LogQL through the proxy over many tenants equals LogQL over one', () => {
  const oracle = useLabelLocked();

  it('for hand-picked queries, as every tenant', async () => {
    await expectHandPicked(oracle, 'logql', (query) => logqlQuestions(query, oracle.lab.window));
  }, 120_000);

  it('for generated queries', async () => {
    const words = logqlWords(seededRng(20261123));
    const queries = Array.from({ length: GENERATED }, (_, i) =>
      i % 2 === 0 ? logqlLogQuery(words) : logqlMetricQuery(words),
    );
    const cases = inTurn(queries, (query) => logqlQuestions(query, oracle.lab.window));
    const { filled } = await expectEqual(oracle, 'generated logql', cases);
    // Equal emptiness proves nothing.
    expect(filled).toBeGreaterThan(GENERATED / 3);
  }, 120_000);
});
