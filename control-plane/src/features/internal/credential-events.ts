/** Passes every change of a credential on to every connected proxy. */
import type { CredentialEvent } from '@obstack/contracts/internal';
import type { ListenHandlers } from '../../db/listen.ts';

/** On which the database says, by its triggers, the hash of each credential that changed. */
export const CREDENTIAL_CHANGED_CHANNEL = 'credential_changed';

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
export class CredentialEvents implements ListenHandlers {
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

  onNotify(sha256: string): void {
    this.#broadcast({ type: 'invalidated', sha256 });
  }

  onLost(): void {
    this.#listening = false;
  }

  #broadcast(event: CredentialEvent): void {
    const text = line(event);
    for (const subscriber of this.#subscribers) subscriber.send(text);
  }
}

function line(event: CredentialEvent): string {
  return `${JSON.stringify(event)}\n`;
}
