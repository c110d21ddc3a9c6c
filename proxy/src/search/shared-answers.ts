// Answers of stores that several searches may have: many people look at the same incident, and a search is followed by
// the next. Found by tenant, path and the whole of the enforced parameters, so no tenant can be given another's (isolation
// class 19).

interface Flight {
  readonly answer: Promise<unknown>;
  readonly controller: AbortController;
  waiting: number;
  /** Of the answer, in bytes; undefined while it is under way. */
  size: number | undefined;
  freshUntil: number;
}

export interface Loaded {
  readonly value: unknown;
  /** As it came, in bytes. */
  readonly size: number;
}

export class SharedAnswers {
  readonly #flights = new Map<string, Flight>();
  readonly #freshForMs: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(freshForMs = 5_000, maxBytes = 32 * 1024 * 1024) {
    this.#freshForMs = freshForMs;
    this.#maxBytes = maxBytes;
  }

  /**
   * The answer for `key`, loaded at most once at a time. A load is given up when the last who wait for it have left.
   * Rejects with the reason of `signal` as soon as it is aborted.
   */
  get(key: string, signal: AbortSignal, load: (signal: AbortSignal) => Promise<Loaded>): Promise<unknown> {
    signal.throwIfAborted();
    const known = this.#flights.get(key);
    const isUsable = known && (known.size === undefined || known.freshUntil > Date.now());
    if (known && !isUsable) this.#drop(key, known);
    return this.#wait(key, isUsable ? known : this.#begin(key, load), signal);
  }

  #begin(key: string, load: (signal: AbortSignal) => Promise<Loaded>): Flight {
    const controller = new AbortController();
    const loading = load(controller.signal);
    const flight: Flight = {
      answer: loading.then(({ value }) => value),
      controller,
      waiting: 0,
      size: undefined,
      freshUntil: 0,
    };
    this.#flights.set(key, flight);
    loading.then(
      ({ size }) => {
        if (this.#flights.get(key) !== flight) return;
        flight.size = size;
        flight.freshUntil = Date.now() + this.#freshForMs;
        this.#bytes += size;
        this.#makeRoom();
      },
      () => this.#drop(key, flight),
    );
    return flight;
  }

  async #wait(key: string, flight: Flight, signal: AbortSignal): Promise<unknown> {
    flight.waiting += 1;
    let onAbort: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([flight.answer, aborted]);
    } finally {
      if (onAbort) signal.removeEventListener('abort', onAbort);
      flight.waiting -= 1;
      if (flight.waiting === 0 && flight.size === undefined) {
        this.#drop(key, flight);
        flight.controller.abort();
      }
    }
  }

  /** Oldest first; what is under way is not counted yet. */
  #makeRoom(): void {
    for (const [key, flight] of this.#flights) {
      if (this.#bytes <= this.#maxBytes) return;
      if (flight.size !== undefined) this.#drop(key, flight);
    }
  }

  #drop(key: string, flight: Flight): void {
    if (this.#flights.get(key) !== flight) return;
    this.#flights.delete(key);
    this.#bytes -= flight.size ?? 0;
  }
}
