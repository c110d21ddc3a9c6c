/** Reads the stream of credential events as a proxy does, and remembers when each came. */
import { IDENTITY_EVENTS_PATH, IdentityEvent } from '@obstack/contracts/internal';
import { INTERNAL_TOKEN } from './control-plane.ts';

export interface EventStream {
  /** Everything so far, pings left out, with the time of arrival (`performance.now()`). */
  events: (IdentityEvent & { at: number })[];
  /** Resolves with the next event from here on that `matches`. */
  next(matches: (event: IdentityEvent) => boolean): Promise<IdentityEvent & { at: number }>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  close(): void;
}

export async function openEventStream(url: string): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(url + IDENTITY_EVENTS_PATH, {
    headers: { authorization: `Bearer ${INTERNAL_TOKEN}` },
    signal: abort.signal,
  });
  const { body } = response;
  if (response.status !== 200 || !body) throw new Error(`the events answered ${response.status}`);
  const events: EventStream['events'] = [];
  const waiting = new Set<(event: EventStream['events'][number]) => void>();

  const ended = (async () => {
    let rest = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = { ...IdentityEvent.parse(JSON.parse(line)), at: performance.now() };
        if (event.type !== 'ping') events.push(event);
        for (const notice of waiting) notice(event);
      }
    }
  })().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });

  return {
    events,
    next: (matches) =>
      new Promise((resolve) => {
        const notice = (event: EventStream['events'][number]): void => {
          if (!matches(event)) return;
          waiting.delete(notice);
          resolve(event);
        };
        waiting.add(notice);
      }),
    ended,
    close: () => abort.abort(),
  };
}
