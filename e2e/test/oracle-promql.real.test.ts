// The oracle for PromQL: see src/oracle/compare.ts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seededRng } from '../../proxy/test/generate/random.ts';
import { promqlQuery } from '../../proxy/test/generate/promql.ts';
import { useLab } from '../src/lab/use-lab.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import type { Oracle } from '../src/oracle/compare.ts';
import { promqlQuestions } from '../src/oracle/questions.ts';
import { expectEqual, expectHandPicked, inTurn, startLabelLockedProxy } from '../src/oracle/suite.ts';
import { promqlWords } from '../src/oracle/vocabulary.ts';

const GENERATED = 240;

describe('oracle: PromQL through the proxy over many tenants equals PromQL over one', () => {
  let oracle: Oracle;
  let proxy: LabProxy;
  beforeAll(async () => {
    const lab = await useLab();
    proxy = await startLabelLockedProxy(lab);
    oracle = { lab, proxyUrl: proxy.urls.main };
  }, 120_000);
  afterAll(() => proxy.close());

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
