// What this copy of the proxy knows about credentials. Keyed on the SHA-256 of the whole credential, so two
// credentials can never share an answer (isolation class 10). An answer is dropped as soon as control-plane says
// that it no longer holds, re-asked after every gap in what control-plane could say, and served on while
// control-plane cannot be reached at all.
import type { Credential, IdentitySubject } from '@obstack/contracts/internal';
import { refuse } from '../http/refusal.ts';
import type { ControlPlaneListener } from './control-plane.ts';

/** One known credential. Replaced, never changed, when control-plane gives a new answer. */
export interface KnownCredential extends Credential {
  readonly sha256: string;
  /** Epoch milliseconds; Infinity when it does not expire. */
  readonly expiresAtMs: number;
}

interface Answer {
  readonly known: KnownCredential;
  /** Which connection of the event stream the answer was given under. */
  readonly epoch: number;
}

interface Pending {
  readonly answer: Promise<KnownCredential | undefined>;
  /** An invalidation arrived while the question was under way: the answer may be older than it. */
  overtaken: boolean;
}

type Resolve = (sha256: string) => Promise<Credential | undefined>;

const MAX_KNOWN = 100_000;
// Unknown credentials have a map of their own, so that guessing cannot push known ones out.
const MAX_UNKNOWN = 10_000;
const UNKNOWN_FOR_MS = 5_000;
const MAX_PENDING = 1_000;

export class CredentialCache implements ControlPlaneListener {
  readonly #resolve: Resolve;
  readonly #known = new Map<string, Answer>();
  /** SHA-256 of a credential that control-plane does not know → when to ask again, epoch milliseconds. */
  readonly #unknown = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #epoch = 0;
  #isConnected = false;

  constructor(resolve: Resolve) {
    this.#resolve = resolve;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /**
   * The live credential with this SHA-256, undefined when there is none. Answers at once, without a promise,
   * when it is known: this is on the path of every request. Rejects with a 503 refusal when it is not known
   * and control-plane cannot be asked.
   */
  lookup(sha256: string): KnownCredential | undefined | Promise<KnownCredential | undefined> {
    const answer = this.#known.get(sha256);
    if (answer?.epoch === this.#epoch) return ifLive(answer.known);
    if (!answer && (this.#unknown.get(sha256) ?? 0) > Date.now()) return undefined;
    return this.#ask(sha256);
  }

  /**
   * Calls back once when the credential stops being valid by revocation; the caller watches the expiry itself.
   * @returns stops watching
   */
  watch(sha256: string, onRevoked: () => void): () => void {
    const watchers = this.#watchers.get(sha256) ?? new Set();
    this.#watchers.set(sha256, watchers.add(onRevoked));
    return () => {
      watchers.delete(onRevoked);
      if (watchers.size === 0 && this.#watchers.get(sha256) === watchers) this.#watchers.delete(sha256);
    };
  }

  connected(): void {
    this.#isConnected = true;
    this.#epoch += 1;
    for (const sha256 of this.#watchers.keys()) this.#recheckWatched(sha256);
  }

  disconnected(): void {
    this.#isConnected = false;
  }

  invalidated(subject: IdentitySubject): void {
    const [type, id] = subject.split(':') as [string, string];
    if (type === 'credential') this.#forget(id);
    if (type === 'tenant') this.#forgetTenant(id);
  }

  #forget(sha256: string): void {
    this.#known.delete(sha256);
    this.#unknown.delete(sha256);
    const pending = this.#pending.get(sha256);
    if (pending) pending.overtaken = true;
    if (this.#watchers.has(sha256)) this.#recheckWatched(sha256);
  }

  /** A walk over all that is known, which is a few milliseconds for what happens a few times a day. */
  #forgetTenant(tenantId: string): void {
    for (const { known } of this.#known.values()) {
      if (known.tenantId === tenantId) this.#forget(known.sha256);
    }
    // Whose they are turns out with the answer.
    this.#unknown.clear();
    for (const pending of this.#pending.values()) pending.overtaken = true;
  }

  #ask(sha256: string): Promise<KnownCredential | undefined> {
    const underWay = this.#pending.get(sha256);
    if (underWay) return underWay.answer;
    if (this.#pending.size >= MAX_PENDING) {
      return Promise.reject(refuse.unavailable('too many credentials are being checked'));
    }
    const pending: Pending = { answer: this.#askUntilCurrent(sha256, () => pending), overtaken: false };
    this.#pending.set(sha256, pending);
    return pending.answer.finally(() => this.#pending.delete(sha256));
  }

  async #askUntilCurrent(sha256: string, self: () => Pending): Promise<KnownCredential | undefined> {
    // Lets `self` be assigned before it is used.
    await Promise.resolve();
    for (;;) {
      const epoch = this.#epoch;
      self().overtaken = false;
      let answer: Credential | undefined;
      try {
        answer = await this.#resolve(sha256);
      } catch (cause) {
        return this.#fallBack(sha256, cause);
      }
      if (self().overtaken) continue;
      const known = answer && toKnown(sha256, answer);
      this.#store(sha256, known, epoch);
      return known && ifLive(known);
    }
  }

  /** control-plane cannot be asked: what was known goes on to be served, what was not is not let in. */
  #fallBack(sha256: string, cause: unknown): KnownCredential | undefined {
    const known = this.#known.get(sha256)?.known;
    if (known) return ifLive(known);
    throw refuse.unavailable('this credential cannot be checked right now', { cause, fix: 'try again soon' });
  }

  #store(sha256: string, known: KnownCredential | undefined, epoch: number): void {
    // Re-inserted at the end, so that the first key is always the oldest answer.
    this.#known.delete(sha256);
    this.#unknown.delete(sha256);
    if (known) setBounded(this.#known, sha256, { known, epoch }, MAX_KNOWN);
    else setBounded(this.#unknown, sha256, Date.now() + UNKNOWN_FOR_MS, MAX_UNKNOWN);
  }

  #recheckWatched(sha256: string): void {
    this.#ask(sha256).then(
      (known) => {
        if (!known) for (const onRevoked of this.#watchers.get(sha256) ?? []) onRevoked();
      },
      // After an invalidation nobody can vouch for it any more; after a mere reconnect `#fallBack` did.
      () => {
        for (const onRevoked of this.#watchers.get(sha256) ?? []) onRevoked();
      },
    );
  }
}

function toKnown(sha256: string, credential: Credential): KnownCredential {
  const expiresAtMs = credential.expiresAt === null ? Infinity : Date.parse(credential.expiresAt);
  return { ...credential, sha256, expiresAtMs };
}

const ifLive = (known: KnownCredential): KnownCredential | undefined =>
  known.expiresAtMs > Date.now() ? known : undefined;

function setBounded<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  if (map.size >= max) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
