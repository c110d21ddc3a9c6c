/** Passes every change of who may do what on to every connected proxy. */
import type { IdentityEvent } from '@obstack/contracts/internal';
import type { ListenHandlers } from '../../db/listen.ts';

/** On which the database says, by its triggers, whom a change was about. */
export const IDENTITY_CHANGED_CHANNEL = 'identity_changed';

export interface Subscriber {
  /** Takes one event as a line of NDJSON. */
  send(line: string): void;
  /** Ends the stream; the other side will come back. */
  end(): void;
}

/**
 * The promise behind each `ping` and `hello` is that no change is missed; while the listener is away
 * nothing is sent, and a newcomer waits for its `hello`.
 */
export class IdentityEvents implements ListenHandlers {
  #listening = false;
  readonly #subscribers = new Set<Subscriber>();

  get isListening(): boolean {
    return this.#listening;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  /** @returns how to leave */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    if (this.#listening) subscriber.send(line({ type: 'hello' }));
    return () => void this.#subscribers.delete(subscriber);
  }

  endAll(): void {
    for (const subscriber of this.#subscribers) subscriber.end();
  }

  onListening(): void {
    this.#listening = true;
    this.#broadcast({ type: 'hello' });
  }

  onBeat(): void {
    this.#broadcast({ type: 'ping' });
  }

  onNotify(subject: string): void {
    this.#broadcast({ type: 'invalidated', subject });
  }

  onLost(): void {
    this.#listening = false;
  }

  #broadcast(event: IdentityEvent): void {
    const text = line(event);
    for (const subscriber of this.#subscribers) subscriber.send(text);
  }
}

function line(event: IdentityEvent): string {
  return `${JSON.stringify(event)}\n`;
}
