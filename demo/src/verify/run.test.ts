import { describe, expect, it } from '@jest/globals';
import type { DemoTenant } from '../demo-file.ts';
import type { Finding } from './ask.ts';
import type { Probe } from './probes.ts';
import { check, type World } from './run.ts';

const owner = { id: 'id-of-acme', name: 'acme' } as DemoTenant;
const other = { id: 'id-of-globex', name: 'globex' } as DemoTenant;
const probe: Probe = {
  signal: 'logs',
  via: 'OTLP JSON',
  pushPath: '/v1/logs',
  headers: {},
  body: new Uint8Array(),
  mark: 'mark',
  queryPaths: [{ name: 'loki query_range', address: () => '/loki/api/v1/query_range' }],
};

interface Question {
  as: string;
  spelled: string | undefined;
}

/** A world in which a second passes with each question. */
function worldOf(answer: (question: Question, count: number) => Finding, refused?: string) {
  const asked: Question[] = [];
  let now = 0;
  const world: World = {
    push: () => Promise.resolve(refused),
    look: (reader, _path, _mark, spelled) => {
      now += 1000;
      const question = { as: reader.name, spelled };
      asked.push(question);
      return Promise.resolve(answer(question, asked.length));
    },
    now: () => now,
  };
  return { world, asked };
}

async function only(world: World) {
  const [row] = await check(world, owner, other, [probe]);
  if (!row) throw new Error('no row');
  return row;
}

describe('the check', () => {
  it('waits for the owner, and only then asks as the other tenant, plainly and with the owner spelled', async () => {
    const { world, asked } = worldOf(({ as }, count) => (as === 'acme' && count === 2 ? 'seen' : 'nothing'));
    expect(await only(world)).toMatchObject({ seconds: 2, owner: 'seen', other: 'nothing' });
    expect(asked).toEqual([
      { as: 'acme', spelled: undefined },
      { as: 'acme', spelled: undefined },
      { as: 'globex', spelled: undefined },
      { as: 'globex', spelled: 'id-of-acme' },
    ]);
  });

  it('takes a passing fault for not yet seen', async () => {
    const { world } = worldOf(({ as }, count) => {
      if (as === 'globex') return 'nothing';
      return count === 1 ? { problem: '502' } : 'seen';
    });
    expect(await only(world)).toMatchObject({ owner: 'seen', seconds: 2 });
  });

  it.each<['plainly' | 'with the owner spelled', string | undefined]>([
    ['plainly', undefined],
    ['with the owner spelled', 'id-of-acme'],
  ])('finds a leak to someone who asks %s', async (_, leaky) => {
    const { world } = worldOf(({ as, spelled }) => (as === 'acme' || spelled === leaky ? 'seen' : 'nothing'));
    expect((await only(world)).other).toBe('seen');
  });

  it('gives up with the last answer, without asking as anyone else', async () => {
    const { world, asked } = worldOf((_, count) => (count < 3 ? 'nothing' : { problem: '502' }));
    const row = await only({ ...world, now: () => asked.length * 10_000 });
    expect(row).toMatchObject({ seconds: null, owner: { problem: '502' }, other: 'not asked' });
    expect(asked.every(({ as }) => as === 'acme')).toBe(true);
  });

  it('does not look for what was never taken', async () => {
    const { world, asked } = worldOf(() => 'seen', 'push: 503 no store');
    expect(await only(world)).toMatchObject({ seconds: null, owner: { problem: 'push: 503 no store' } });
    expect(asked).toEqual([]);
  });
});
