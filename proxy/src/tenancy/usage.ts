// What this copy of the proxy has to say about credentials: when each was last used, and what was refused to whom. Kept
// in memory and sent to control-plane every few seconds, so that a request costs no more than a write to a map. While
// control-plane is away it gathers up to a bound; what is past that is dropped, and counted.
import type { Signal } from '@obstack/contracts';
import {
  MAX_REPORTED_REJECTIONS,
  MAX_REPORTED_USES,
  REJECTION_DETAIL_LENGTH,
} from '@obstack/contracts/internal';
import type { ReportedRejection, UsageReport } from '@obstack/contracts/internal';
import { redactText } from '@obstack/service-kit/redact';
import { Refusal, refuse } from '../http/refusal.ts';

/** As many as there can be known credentials. */
const MAX_USES = 100_000;
/** Of about 600 bytes each. */
const MAX_REJECTIONS = 5_000;
/** The sender left before it had an answer. */
const CLIENT_GONE = 499;

type Counted = { -readonly [K in keyof ReportedRejection]: ReportedRejection[K] };

export class Usage {
  /** Key id → epoch milliseconds, or 0 for since the last report. */
  readonly #uses = new Map<string, number>();
  /** Many requests in a row are of one key. */
  #lastUsed: object | undefined;
  readonly #rejections = new Map<string, Counted>();
  readonly #onDropped: (count: number) => void;

  constructor(onDropped: (count: number) => void = () => undefined) {
    this.#onDropped = onDropped;
  }

  used(key: { id: string }): void {
    if (key === this.#lastUsed) return;
    this.#lastUsed = key;
    if (this.#uses.get(key.id) !== 0) this.#put(this.#uses, MAX_USES, key.id, 0);
  }

  /** Counts with its like. What is no refusal is a fault of ours, and told as the sender was told. */
  rejected({ id }: { id: string }, signal: Signal, error: unknown): void {
    const { status, code, message, details } =
      error instanceof Refusal ? error : refuse.unavailable('a fault of ours');
    if (status === CLIENT_GONE) return;
    const key = `${id} ${signal} ${code} ${status}`;
    const at = new Date().toISOString();
    const counted = this.#rejections.get(key);
    if (counted) {
      counted.count += 1;
      counted.lastAt = at;
      return;
    }
    const detail = readable(details.fix ? `${message}; ${details.fix}` : message);
    const first = { keyId: id, signal, reason: code, status, count: 1, firstAt: at, lastAt: at, detail };
    this.#put(this.#rejections, MAX_REJECTIONS, key, first);
  }

  /** Takes out what one report may hold; undefined when there is nothing to say. */
  take(): UsageReport | undefined {
    if (this.#uses.size === 0 && this.#rejections.size === 0) return undefined;
    this.#lastUsed = undefined;
    const now = Date.now();
    return {
      used: takeOut(this.#uses, MAX_REPORTED_USES).map(([keyId, at]) => ({
        keyId,
        at: new Date(at || now).toISOString(),
      })),
      rejections: takeOut(this.#rejections, MAX_REPORTED_REJECTIONS).map(([, rejection]) => rejection),
    };
  }

  /** Puts a report back that did not arrive; what has come since counts with it. */
  giveBack({ used, rejections }: UsageReport): void {
    for (const { keyId, at } of used) {
      if (!this.#uses.has(keyId)) this.#put(this.#uses, MAX_USES, keyId, Date.parse(at));
    }
    for (const rejection of rejections) {
      const key = `${rejection.keyId} ${rejection.signal} ${rejection.reason} ${rejection.status}`;
      const since = this.#rejections.get(key);
      if (since) {
        since.count += rejection.count;
        since.firstAt = rejection.firstAt;
      } else {
        this.#put(this.#rejections, MAX_REJECTIONS, key, rejection);
      }
    }
  }

  #put<V>(map: Map<string, V>, max: number, key: string, value: V): void {
    if (map.size < max || map.has(key)) map.set(key, value);
    else this.#onDropped(1);
  }
}

function takeOut<V>(map: Map<string, V>, max: number): [string, V][] {
  const taken: [string, V][] = [];
  for (const entry of map) {
    if (taken.length >= max) break;
    taken.push(entry);
    map.delete(entry[0]);
  }
  return taken;
}

/** One bounded line without credentials; a store's message may quote anything. */
function readable(text: string): string {
  const line = redactText(text.slice(0, 4 * REJECTION_DETAIL_LENGTH)).replace(/\p{Cc}+/gu, ' ');
  return line.slice(0, REJECTION_DETAIL_LENGTH).toWellFormed();
}
