import type { SearchLine } from '@obstack/contracts/search';
import { doneLine, facetsLine, histogramLine, hitLine, hitOf, sourceLine, traceOf } from '../test/search-lines';
import { NO_RESULTS, withLines } from './results';

describe('withLines', () => {
  it('sorts hits newest first, by the nanosecond', () => {
    const at = (id: string, time: string) => hitLine(hitOf({ id, time }));
    const { hits } = withLines(NO_RESULTS, [
      at('old', '2026-11-23T09:00:00Z'),
      at('b', '2026-11-23T09:00:01.000000001Z'),
      at('a', '2026-11-23T09:00:01.000000002Z'),
    ]);
    expect(hits.map(({ id }) => id)).toEqual(['a', 'b', 'old']);
  });

  it('has a hit once, however often it is found', () => {
    const first = withLines(NO_RESULTS, [hitLine(hitOf())]);
    expect(withLines(first, [hitLine(hitOf()), hitLine(traceOf())]).hits).toHaveLength(2);
  });

  it('keeps the last word of each source, in the same order whoever answers first', () => {
    const { sources } = withLines(NO_RESULTS, [
      sourceLine({ source: 'tempo', signal: 'traces', status: 'failed' }),
      sourceLine(),
      sourceLine({ source: 'tempo', signal: 'traces', status: 'ok' }),
    ]);
    expect(sources.map(({ source, status }) => [source, status])).toEqual([
      ['loki', 'ok'],
      ['tempo', 'ok'],
    ]);
  });

  it('comes to the same in any order of lines', () => {
    const lines = [hitLine(hitOf()), hitLine(traceOf()), histogramLine(), facetsLine([]), sourceLine(), doneLine('n')];
    const forth = withLines(NO_RESULTS, lines);
    const back = [...lines].reverse().reduce((results, line) => withLines(results, [line]), NO_RESULTS);
    expect(back).toEqual(forth);
  });

  it('ignores lines of a type it does not know', () => {
    expect(withLines(NO_RESULTS, [{ type: 'weather' } as unknown as SearchLine])).toEqual(NO_RESULTS);
  });
});
