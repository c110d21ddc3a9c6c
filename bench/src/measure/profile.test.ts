import { describe, expect, it } from '@jest/globals';
import { sharesByPart } from './profile.ts';
import type { CpuProfile } from './profile.ts';

const node = (
  id: number,
  functionName: string,
  url = '',
  children: number[] = [],
): CpuProfile['nodes'][number] => ({
  id,
  callFrame: { functionName, url },
  children,
});

const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', '', [2, 3, 4, 5]),
    node(2, '(idle)'),
    node(3, '(garbage collector)'),
    node(4, 'enforcePromql', 'file:///x/proxy/src/query/enforce-promql.ts', [6]),
    node(5, 'writeGeneric', 'node:internal/stream_base_commons', [7]),
    // Native, so it belongs to its caller.
    node(6, 'constructor'),
    node(7, 'writev'),
  ],
  samples: [4, 2, 3, 4, 6, 7],
  timeDeltas: [500, 100, 10, 20, 30, 40],
};

describe('sharesByPart', () => {
  it('adds up self time by part, without idle time and without what came before the window', () => {
    expect(sharesByPart(profile, 0.0002)).toEqual([
      { part: 'enforce and rebuild the query', share: 0.5 },
      { part: 'writes to sockets', share: 0.4 },
      { part: 'garbage collection', share: 0.1 },
    ]);
  });
});
