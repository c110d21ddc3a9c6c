// The internal contract with control-plane: who owns a credential and who is behind a token, the stream that says which
// answers no longer hold, and the report of what was used.
import type { Endpoint } from '@obstack/contracts';
import {
  Credential,
  IDENTITY_EVENTS_PATH,
  IDENTITY_PING_INTERVAL_MS,
  GrafanaSigner,
  IdentityEvent,
  type IdentitySubject,
  Principal,
  type PrincipalQuestion,
  reportUsage,
  resolveCredential,
  resolveGrafana,
  resolveIssuer,
  resolvePrincipal,
  TrustedIssuer,
  type UsageReport,
} from '@obstack/contracts/internal';
import type { Logger } from '@obstack/service-kit/logger';
import { Pool } from 'undici';

const RESOLVE_DEADLINE_MS = 2_000;
// Three missed pings mean that the line is dead.
const SILENCE_MS = IDENTITY_PING_INTERVAL_MS * 3.5;
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 2_000;

export interface ControlPlaneListener {
  /** The stream is (re)connected: anything may have changed while it was not. */
  connected(): void;
  disconnected(): void;
  /** Answers about this subject no longer hold: `credential:<sha256>`, `tenant:<id>` or `user:<id>`. */
  invalidated(subject: IdentitySubject): void;
}

export class ControlPlaneClient {
  readonly #pool: Pool;
  readonly #authorization: string;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #following: Promise<void> | undefined;

  constructor(url: string, internalToken: string, log: Logger) {
    this.#pool = new Pool(url, { connections: 16, connectTimeout: RESOLVE_DEADLINE_MS });
    this.#authorization = `Bearer ${internalToken}`;
    this.#log = log;
  }

  /** The live credential with this SHA-256, or undefined when there is none. Rejects when nobody can say. */
  async credential(sha256: string): Promise<Credential | undefined> {
    const answer = await this.#ask(resolveCredential, { sha256 });
    return answer === undefined ? undefined : Credential.parse(answer);
  }

  /** The person behind a verified token, or undefined when it counts no more. Rejects when nobody can say. */
  async principal(question: PrincipalQuestion): Promise<Principal | undefined> {
    const answer = await this.#ask(resolvePrincipal, question);
    return answer === undefined ? undefined : Principal.parse(answer);
  }

  /** The keys of an issuer of tokens, or undefined when it is not trusted. Rejects when nobody can say. */
  async issuer(issuer: string): Promise<TrustedIssuer | undefined> {
    const answer = await this.#ask(resolveIssuer, { issuer });
    return answer === undefined ? undefined : TrustedIssuer.parse(answer);
  }

  /** The keys of the Grafana whose word on people counts, or undefined when there is none. Rejects when nobody can say. */
  async grafana(): Promise<GrafanaSigner | undefined> {
    const answer = await this.#ask(resolveGrafana);
    return answer === undefined ? undefined : GrafanaSigner.parse(answer);
  }

  /** Rejects when it was not taken. */
  async report(usage: UsageReport): Promise<void> {
    await this.#ask(reportUsage, usage);
  }

  /** The JSON of the answer; undefined on 404, and null where the answer is empty. */
  async #ask(endpoint: Endpoint, question?: object): Promise<unknown> {
    const reply = await this.#pool.request({
      method: endpoint.method,
      path: endpoint.path,
      headers: {
        authorization: this.#authorization,
        ...(question && { 'content-type': 'application/json' }),
      },
      body: question ? JSON.stringify(question) : null,
      signal: AbortSignal.timeout(RESOLVE_DEADLINE_MS),
    });
    const body = await reply.body.text();
    if (reply.statusCode === 404) return undefined;
    if (reply.statusCode !== endpoint.status) throw new Error(`control-plane answered ${reply.statusCode}`);
    return endpoint.response ? JSON.parse(body) : null;
  }

  /** Follows the event stream until `close`, reconnecting with back-off. Call once. */
  follow(listener: ControlPlaneListener): void {
    this.#following = this.#followForEver(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    await this.#pool.destroy();
  }

  async #followForEver(listener: ControlPlaneListener): Promise<void> {
    let delayMs = RECONNECT_MIN_MS;
    while (!this.#isStopped()) {
      try {
        await this.#readStream(listener, () => (delayMs = RECONNECT_MIN_MS));
        this.#log.warn('control-plane closed the credential events');
      } catch (error) {
        if (this.#isStopped()) return;
        this.#log.warn({ err: error, retryInMs: delayMs }, 'credential events are interrupted');
      }
      listener.disconnected();
      await pause(delayMs, this.#stop.signal);
      delayMs = Math.min(delayMs * 2, RECONNECT_MAX_MS);
    }
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #readStream(listener: ControlPlaneListener, onHello: () => void): Promise<void> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error('no ping from control-plane')), SILENCE_MS);
    try {
      const reply = await this.#pool.request({
        method: 'GET',
        path: IDENTITY_EVENTS_PATH,
        headers: { authorization: this.#authorization },
        signal: AbortSignal.any([silence.signal, this.#stop.signal]),
        bodyTimeout: 0,
      });
      if (reply.statusCode !== 200) {
        await reply.body.dump();
        throw new Error(`control-plane answered ${reply.statusCode} to the credential events`);
      }
      for await (const line of lines(reply.body)) {
        timer.refresh();
        // A line of a type that is not known here comes from a newer control-plane, and is not for us.
        const event = IdentityEvent.safeParse(JSON.parse(line)).data;
        if (event?.type === 'hello') {
          onHello();
          listener.connected();
        } else if (event?.type === 'invalidated') {
          listener.invalidated(event.subject);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((part) => part !== '');
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
