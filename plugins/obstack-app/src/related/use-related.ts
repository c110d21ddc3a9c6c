import { useEffect, useMemo, useState } from 'react';
import type { CorrelateLine, CorrelateRequest } from '@obstack/contracts/search';
import { PROXY_API } from '../constants';
import { askLines } from '../streams/ask-lines';
import { Failure } from '../streams/failure';
import { NOTHING_RELATED, type Related, withRelated } from './related';

/** Of each relation in each source. */
const LIMIT = 20;

export type Anchor = CorrelateRequest['hit'];

interface State {
  /** Of which request this is. */
  of: unknown;
  running: boolean;
  related: Related;
  failure: Failure | null;
}

/** What belongs to `anchor`, as the stores say so. Another anchor, or another `asked`, asks again. */
export function useRelated({ signal, time, service, traceId }: Anchor, asked: number) {
  const request = useMemo(
    (): CorrelateRequest => ({ hit: { signal, time, service, traceId }, limit: LIMIT }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `asked` makes it another request
    [signal, time, service, traceId, asked]
  );
  const empty: State = { of: request, running: true, related: NOTHING_RELATED, failure: null };
  const [state, setState] = useState<State>(empty);

  useEffect(() => {
    const update = (patch: (before: State) => Partial<State>) =>
      setState((before) => {
        const own =
          before.of === request ? before : { of: request, running: true, related: NOTHING_RELATED, failure: null };
        return { ...own, ...patch(own) };
      });
    const asking = askLines<CorrelateLine>(`${PROXY_API}/api/v1/correlate`, request).subscribe({
      next: (lines) => update(({ related }) => ({ related: withRelated(related, lines) })),
      error: (error: unknown) =>
        update(() => ({
          running: false,
          failure: error instanceof Failure ? error : new Failure('failed', String(error)),
        })),
      complete: () => update(() => ({ running: false })),
    });
    return () => asking.unsubscribe();
  }, [request]);

  return state.of === request ? state : empty;
}
