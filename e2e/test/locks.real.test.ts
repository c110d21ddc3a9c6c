// Two locks on every door, and each holds alone. The label lock alone is what the oracle suites run on. Here: the
// storage lock alone, and neither, which shows that these tests would see a leak.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Enforcers } from '@obstack/proxy/testing';
import type { Lab } from '../src/lab/lab.ts';
import { SHARED } from '../src/lab/lab.ts';
import { startProxy } from '../src/lab/start-proxy.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import { TENANTS } from '../src/lab/tenants.ts';
import { useLab } from '../src/lab/use-lab.ts';
import { compareAll, explain, tally } from '../src/oracle/compare.ts';
import { handPicked } from '../src/oracle/hand-picked.ts';
import type { Question } from '../src/oracle/question.ts';
import { logqlQuestions, promqlQuestions, traceqlQuestions } from '../src/oracle/questions.ts';
import { expectEqual } from '../src/oracle/suite.ts';
import type { Case } from '../src/oracle/suite.ts';

/** Lets every query through as it is. */
const unenforced: Enforcers = {
  promql: (query) => query,
  promqlSelector: (selector) => selector,
  logql: (query) => query,
  logqlSelector: (selector) => selector,
  traceql: (query) => query,
  traceqlTagFilter: (filter) => filter,
};

let lab: Lab;
beforeAll(async () => {
  lab = await useLab();
}, 120_000);

const cases = (
  language: 'promql' | 'logql' | 'traceql',
  toQuestions: (query: string) => Question[],
): Case[] =>
  TENANTS.flatMap((tenant) =>
    handPicked(language, tenant)
      .filter(({ expected }) => expected !== 'refused')
      .flatMap(({ query }) => toQuestions(query).map((question) => ({ tenant, question }))),
  );

describe('the storage lock alone', () => {
  let proxy: LabProxy;
  beforeAll(async () => {
    proxy = await startProxy(lab, { enforcers: unenforced });
  });
  afterAll(() => proxy.close());

  it('keeps tenants apart in Loki', async () => {
    const asked = cases('logql', (query) => logqlQuestions(query, lab.window));
    const { filled } = await expectEqual(
      { lab, proxyUrl: proxy.urls.main },
      'storage lock alone, Loki',
      asked,
    );
    expect(filled).toBeGreaterThan(100);
  }, 120_000);

  it('keeps tenants apart in Tempo', async () => {
    const asked = cases('traceql', (query) => traceqlQuestions(query, lab.window));
    const { filled } = await expectEqual(
      { lab, proxyUrl: proxy.urls.main },
      'storage lock alone, Tempo',
      asked,
    );
    expect(filled).toBeGreaterThan(100);
  }, 120_000);

  it('keeps tenants apart where no query is asked for', async () => {
    for (const { queryToken, secret } of TENANTS) {
      for (const path of [
        '/loki/api/v1/labels',
        '/loki/api/v1/series?match[]=%7Bnamespace%3D%22shop%22%7D',
        '/loki/api/v1/detected_labels',
        '/tempo/api/v2/search/tags',
        '/tempo/api/v2/search/tag/span.owner/values',
      ]) {
        const reply = await fetch(proxy.urls.main + path, {
          headers: { authorization: `Bearer ${queryToken}` },
        });
        const text = await reply.text();
        expect(reply.status).toBe(200);
        for (const other of TENANTS.filter((one) => one.secret !== secret))
          expect(text).not.toContain(other.secret);
      }
    }
  });
});

describe('with neither lock', () => {
  let proxy: LabProxy;
  beforeAll(async () => {
    proxy = await startProxy(lab, { enforcers: unenforced, storageTenant: () => SHARED });
  });
  afterAll(() => proxy.close());

  it.each([
    ['PromQL', () => cases('promql', (query) => promqlQuestions(query, lab.window).slice(0, 1))],
    ['LogQL', () => cases('logql', (query) => logqlQuestions(query, lab.window).slice(-1))],
    ['TraceQL', () => cases('traceql', (query) => traceqlQuestions(query, lab.window).slice(0, 1))],
  ])(
    'the oracle for %s sees the leaks',
    async (_language, ofLanguage) => {
      const [first] = TENANTS;
      const asked = ofLanguage().filter(({ tenant }) => tenant === first);
      const { different, equal } = tally(await compareAll({ lab, proxyUrl: proxy.urls.main }, asked));
      expect(different.length).toBeGreaterThan(asked.length / 3);
      // What is equal without the locks proves nothing with them: not to be many.
      expect(equal).toBeLessThan(asked.length / 2);
      expect(different.map(explain).join()).toMatch(/bumblebee|chinchilla/);
    },
    120_000,
  );
});
