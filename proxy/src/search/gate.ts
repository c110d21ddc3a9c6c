// How many questions of searches a store works on at once. Past what it can do, more of them at a time only make all of
// them late: here they wait in line, what people look at first before what is counted for them, and no tenant before its
// turn. A line that is too long is closed, which is said, rather than kept until nobody waits any more.
import { StoreFailure } from './store-failure.ts';

export type Urgency = 'hits' | 'counts';

interface Waiter {
  readonly enter: () => void;
}

/** Tenant → those of it who wait, in order; the tenant whose turn it is comes first. */
type Line = Map<string, Waiter[]>;

export class Gate {
  readonly #store: string;
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  readonly #lines: Readonly<Record<Urgency, Line>> = { hits: new Map(), counts: new Map() };
  #inside = 0;

  /** @param maxWaiting of one tenant, in each line */
  constructor(store: string, atOnce: number, maxWaiting = 4 * atOnce) {
    this.#store = store;
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** Runs `work` when it is its turn. Rejects with a StoreFailure when the line is full, or as `signal` is aborted. */
  async run<T>(tenantId: string, urgency: Urgency, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#hasRoom(urgency) && !this.#isWaiting('hits')) this.#inside += 1;
    else await this.#wait(tenantId, urgency, signal);
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      this.#letIn();
    }
  }

  /** Counts leave half of the room to those who look for hits. */
  #hasRoom(urgency: Urgency): boolean {
    return this.#inside < (urgency === 'hits' ? this.#atOnce : Math.ceil(this.#atOnce / 2));
  }

  #isWaiting(urgency: Urgency): boolean {
    return this.#lines[urgency].size > 0;
  }

  #wait(tenantId: string, urgency: Urgency, signal: AbortSignal): Promise<void> {
    const line = this.#lines[urgency];
    const waiting = line.get(tenantId) ?? [];
    if (waiting.length >= this.#maxWaiting) {
      throw new StoreFailure('failed', `${this.#store} is busy with other searches: try again in a moment`);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const left = (line.get(tenantId) ?? []).filter((each) => each !== waiter);
        if (left.length > 0) line.set(tenantId, left);
        else line.delete(tenantId);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        enter: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      line.set(tenantId, [...waiting, waiter]);
    });
  }

  #letIn(): void {
    for (const urgency of ['hits', 'counts'] as const) {
      while (this.#isWaiting(urgency) && this.#hasRoom(urgency)) {
        this.#inside += 1;
        nextOf(this.#lines[urgency])?.enter();
      }
    }
  }
}

function nextOf(line: Line): Waiter | undefined {
  for (const [tenantId, [first, ...rest]] of line) {
    line.delete(tenantId);
    // To the end, behind the other tenants.
    if (rest.length > 0) line.set(tenantId, rest);
    return first;
  }
  return undefined;
}
