// The oracle for LogQL: see src/oracle/compare.ts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seededRng } from '../../proxy/test/generate/random.ts';
import { logqlLogQuery, logqlMetricQuery } from '../../proxy/test/generate/logql.ts';
import { useLab } from '../src/lab/use-lab.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import type { Oracle } from '../src/oracle/compare.ts';
import { logqlQuestions } from '../src/oracle/questions.ts';
import { expectEqual, expectHandPicked, inTurn, startLabelLockedProxy } from '../src/oracle/suite.ts';
import { logqlWords } from '../src/oracle/vocabulary.ts';

const GENERATED = 200;

describe('oracle: LogQL through the proxy over many tenants equals LogQL over one', () => {
  let oracle: Oracle;
  let proxy: LabProxy;
  beforeAll(async () => {
    const lab = await useLab();
    proxy = await startLabelLockedProxy(lab);
    oracle = { lab, proxyUrl: proxy.urls.main };
  }, 120_000);
  afterAll(() => proxy.close());

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
