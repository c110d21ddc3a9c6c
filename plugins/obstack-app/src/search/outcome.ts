/** What a search came to, of all that it may come to: an empty result differs from an error, and both from a refusal. */
import type { SearchSourceStatus } from '@obstack/contracts/search';
import { Failure } from '../streams/failure';
import type { SignalView } from './search-url';

export type Outcome =
  | { kind: 'loading' | 'invalid' | 'empty' | 'hits' }
  | { kind: 'failure'; failure: Failure }
  | { kind: 'not-allowed' | 'not-configured'; reason: string | null };

interface Given {
  /** Those that are shown. */
  hits: number;
  sources: readonly SearchSourceStatus[];
  signal: SignalView;
  running: boolean;
  failure: Failure | null;
}

export function outcomeOf({ hits, sources, signal, running, failure }: Given): Outcome {
  if (hits > 0) {
    return { kind: 'hits' };
  }
  if (failure) {
    return failure.kind === 'invalid' ? { kind: 'invalid' } : { kind: 'failure', failure };
  }
  if (running) {
    return { kind: 'loading' };
  }
  const asked = sources.filter((source) => signal === 'all' || source.signal === signal);
  const broken = asked.filter(({ status }) => status === 'failed' || status === 'timed-out');
  if (broken.length > 0) {
    return { kind: 'failure', failure: new Failure('unanswered', reasonOf(broken) ?? '') };
  }
  // A store that is not there and a signal that is closed leave the others' answers as they are.
  const answered = asked.some(({ status }) => status === 'ok' || status === 'partial');
  if (answered || asked.length === 0) {
    return { kind: 'empty' };
  }
  const refused = asked.filter(({ status }) => status === 'not-allowed');
  return refused.length > 0
    ? { kind: 'not-allowed', reason: reasonOf(refused) }
    : { kind: 'not-configured', reason: reasonOf(asked) };
}

const reasonOf = (sources: readonly SearchSourceStatus[]) =>
  sources.flatMap(({ reason }) => reason ?? []).join(' ') || null;
