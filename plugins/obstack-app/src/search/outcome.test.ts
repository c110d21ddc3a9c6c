import { Failure } from '../streams/failure';
import { sourceLine } from '../test/search-lines';
import { outcomeOf } from './outcome';

const given = { hits: 0, sources: [sourceLine()], signal: 'all', running: false, failure: null } as const;
const tempo = { source: 'tempo', signal: 'traces' } as const;

describe('outcomeOf', () => {
  it('is what was found, whatever else went wrong', () => {
    expect(outcomeOf({ ...given, hits: 1, failure: new Failure('cut', '') }).kind).toBe('hits');
  });

  it('waits before it says that there is nothing', () => {
    expect(outcomeOf({ ...given, running: true }).kind).toBe('loading');
    expect(outcomeOf(given).kind).toBe('empty');
  });

  it('tells a mistake in the query from a failure', () => {
    expect(outcomeOf({ ...given, failure: new Failure('invalid', '') }).kind).toBe('invalid');
    expect(outcomeOf({ ...given, failure: new Failure('unreachable', '') }).kind).toBe('failure');
  });

  it('never calls it empty when a source did not answer', () => {
    const sources = [sourceLine(), sourceLine({ ...tempo, status: 'timed-out', reason: 'after 3 s' })];
    expect(outcomeOf({ ...given, sources })).toMatchObject({ kind: 'failure', failure: { message: 'after 3 s' } });
    // The others' answers are complete.
    expect(outcomeOf({ ...given, sources, signal: 'logs' }).kind).toBe('empty');
  });

  it('tells not allowed and not configured from empty', () => {
    const refused = sourceLine({ ...tempo, status: 'not-allowed', reason: 'needs traces:read' });
    const absent = sourceLine({ source: 'opensearch', status: 'not-configured' });
    expect(outcomeOf({ ...given, sources: [refused] })).toEqual({ kind: 'not-allowed', reason: 'needs traces:read' });
    expect(outcomeOf({ ...given, sources: [sourceLine(), refused], signal: 'traces' }).kind).toBe('not-allowed');
    expect(outcomeOf({ ...given, sources: [absent] }).kind).toBe('not-configured');
    expect(outcomeOf({ ...given, sources: [sourceLine(), refused, absent] }).kind).toBe('empty');
  });
});
