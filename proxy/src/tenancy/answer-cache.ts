// What this copy of the proxy knows of an answer that control-plane gives: who owns a credential, what a person may do.
// Keyed on the whole of the question, so two questions can never share an answer (isolation class 10). An answer is
// dropped as soon as control-plane says that it no longer holds, re-asked after every gap in what control-plane could
// say, and served on while control-plane cannot be reached at all.
import type { IdentitySubject } from '@obstack/contracts/internal';
import { refuse } from '../http/refusal.ts';
import type { ControlPlaneListener } from './control-plane.ts';

/** One known answer. Replaced, never changed, when control-plane gives a new one. */
export interface Known {
  /** The question. */
  readonly key: string;
  /** An event about any of these ends it. */
  readonly subjects: readonly IdentitySubject[];
  /** Epoch milliseconds; Infinity when it does not expire. */
  readonly expiresAtMs: number;
}

export interface Questions<K extends Known> {
  /** For refusals, as `this credential`. */
  readonly about: string;
  /** Undefined when there is no such thing. Rejects when nobody can say. */
  readonly resolve: (key: string) => Promise<K | undefined>;
  /** Of which kind the subjects of answers are; events of other kinds are about something else. */
  readonly kinds: readonly string[];
  /** The one key that a subject is about, where its text says so. */
  readonly keyOf?: (subject: IdentitySubject) => string | undefined;
}

interface Answer<K> {
  readonly known: K;
  /** Which connection of the event stream the answer was given under. */
  readonly epoch: number;
}

interface Pending<K> {
  readonly answer: Promise<K | undefined>;
  /** An invalidation arrived while the question was under way: the answer may be older than it. */
  overtaken: boolean;
}

/** @param known undefined when it is over: revoked, expired, or nobody can vouch for it any more */
export type OnAnswer<K> = (known: K | undefined) => void;

const MAX_KNOWN = 100_000;
// What is not known has a map of its own, so that guessing cannot push out what is.
const MAX_UNKNOWN = 10_000;
const UNKNOWN_FOR_MS = 5_000;
const MAX_PENDING = 1_000;

export class AnswerCache<K extends Known> implements ControlPlaneListener {
  readonly #questions: Questions<K>;
  readonly #known = new Map<string, Answer<K>>();
  /** A question without an answer → when to ask again, epoch milliseconds. */
  readonly #unknown = new Map<string, number>();
  readonly #pending = new Map<string, Pending<K>>();
  readonly #watchers = new Map<string, Set<OnAnswer<K>>>();
  #epoch = 0;
  #isConnected = false;

  constructor(questions: Questions<K>) {
    this.#questions = questions;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /**
   * The live answer to this question, undefined when there is none. Answers at once, without a promise, when it is
   * known: this is on the path of every request. Rejects with a 503 refusal when it is not known and control-plane
   * cannot be asked.
   */
  lookup(key: string): K | undefined | Promise<K | undefined> {
    const answer = this.#known.get(key);
    if (answer?.epoch === this.#epoch) return ifLive(answer.known);
    if (!answer && (this.#unknown.get(key) ?? 0) > Date.now()) return undefined;
    return this.#ask(key);
  }

  /**
   * Calls back with each new answer, and with undefined when there is none any more; the caller watches the expiry
   * itself.
   * @returns stops watching
   */
  watch(key: string, onAnswer: OnAnswer<K>): () => void {
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(onAnswer));
    return () => {
      watchers.delete(onAnswer);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  connected(): void {
    this.#isConnected = true;
    this.#epoch += 1;
    for (const key of this.#watchers.keys()) this.#recheckWatched(key);
  }

  disconnected(): void {
    this.#isConnected = false;
  }

  invalidated(subject: IdentitySubject): void {
    if (!this.#questions.kinds.includes(subject.slice(0, subject.indexOf(':')))) return;
    const key = this.#questions.keyOf?.(subject);
    if (key !== undefined) this.#forget(key);
    else this.#forgetAllOf(subject);
  }

  #forget(key: string): void {
    this.#known.delete(key);
    this.#unknown.delete(key);
    const pending = this.#pending.get(key);
    if (pending) pending.overtaken = true;
    if (this.#watchers.has(key)) this.#recheckWatched(key);
  }

  /** A walk over all that is known, which is a few milliseconds for what happens a few times a minute. */
  #forgetAllOf(subject: IdentitySubject): void {
    for (const { known } of this.#known.values()) {
      if (known.subjects.includes(subject)) this.#forget(known.key);
    }
    // Whom they are about turns out with the answer.
    this.#unknown.clear();
    for (const pending of this.#pending.values()) pending.overtaken = true;
  }

  #ask(key: string): Promise<K | undefined> {
    const underWay = this.#pending.get(key);
    if (underWay) return underWay.answer;
    if (this.#pending.size >= MAX_PENDING) {
      return Promise.reject(refuse.unavailable('too many callers are being checked'));
    }
    const pending: Pending<K> = { answer: this.#askUntilCurrent(key, () => pending), overtaken: false };
    this.#pending.set(key, pending);
    return pending.answer.finally(() => this.#pending.delete(key));
  }

  async #askUntilCurrent(key: string, self: () => Pending<K>): Promise<K | undefined> {
    // Lets `self` be assigned before it is used.
    await Promise.resolve();
    for (;;) {
      const epoch = this.#epoch;
      self().overtaken = false;
      let known: K | undefined;
      try {
        known = await this.#questions.resolve(key);
      } catch (cause) {
        return this.#fallBack(key, cause);
      }
      if (self().overtaken) continue;
      this.#store(key, known, epoch);
      return known && ifLive(known);
    }
  }

  /** control-plane cannot be asked: what was known goes on to be served, what was not is not let in. */
  #fallBack(key: string, cause: unknown): K | undefined {
    const known = this.#known.get(key)?.known;
    if (known) return ifLive(known);
    throw refuse.unavailable(`${this.#questions.about} cannot be checked right now`, {
      cause,
      fix: 'try again soon',
    });
  }

  #store(key: string, known: K | undefined, epoch: number): void {
    // Re-inserted at the end, so that the first key is always the oldest answer.
    this.#known.delete(key);
    this.#unknown.delete(key);
    if (known) setBounded(this.#known, key, { known, epoch }, MAX_KNOWN);
    else setBounded(this.#unknown, key, Date.now() + UNKNOWN_FOR_MS, MAX_UNKNOWN);
  }

  #recheckWatched(key: string): void {
    const tell: OnAnswer<K> = (known) => {
      for (const onAnswer of this.#watchers.get(key) ?? []) onAnswer(known);
    };
    // After an invalidation nobody can vouch for it any more; after a mere reconnect `#fallBack` did.
    this.#ask(key).then(tell, () => tell(undefined));
  }
}

const ifLive = <K extends Known>(known: K): K | undefined =>
  known.expiresAtMs > Date.now() ? known : undefined;

function setBounded<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  if (map.size >= max) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
