// Who is calling: the one place where a credential becomes a tenant. There is no default tenant and no way
// past a failure; the tenant never comes from anything else the client says.
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { READ_SIGNAL } from '@obstack/contracts';
import type { Signal } from '@obstack/contracts';
import { parseCredential } from '@obstack/contracts/credential-format';
import { GRAFANA_ID_HEADER } from '@obstack/service-kit/grafana-id';
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Credentials, KnownCredential } from './credentials.ts';
import type { People, SignedIn } from './people.ts';
import { presentedCredential, sessionCookie } from './presented-credential.ts';
import type { BehindGrafana, ThroughGrafana } from './through-grafana.ts';
import type { Usage } from './usage.ts';

/** A query token, somebody in Grafana with one, or a person. */
export type Reader = KnownCredential | BehindGrafana | SignedIn;

export interface Identify {
  /** The ingestion key of a push; rejects with a 401, 403 or 503 refusal. */
  push(request: IncomingMessage, signal: Signal): KnownCredential | Promise<KnownCredential>;
  /** Who asks for this signal; rejects with a 401, 403 or 503 refusal. */
  query(request: IncomingMessage, signal: Signal): Reader | Promise<Reader>;
  /**
   * For an answer that outlasts its request: calls back once, with the reason, when the reader may not go on reading.
   * @returns stops watching
   */
  watch(reader: Reader, signal: Signal, onEnd: (reason: string) => void): () => void;
}

type Access = 'push' | 'query';
const KIND_FOR = { push: 'ingestion-key', query: 'query-token' } as const;
const NAME_OF = {
  'ingestion-key': 'an ingestion key (obk_…)',
  'query-token': 'a query token (obq_…)',
} as const;
/** What RFC 7519 makes of a token: three parts of base64url. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** setTimeout takes no more than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createIdentify(
  credentials: Credentials,
  people: People,
  grafana: ThroughGrafana,
  usage: Usage,
): Identify {
  function byCredential(
    presented: string,
    access: Access,
    signal: Signal,
  ): KnownCredential | Promise<KnownCredential> {
    const found = credentials.lookup(hash('sha256', presented, 'hex'));
    return found instanceof Promise
      ? found.then((credential) => admit(credential, access, signal))
      : admit(found, access, signal);
  }

  function admit(credential: KnownCredential | undefined, access: Access, signal: Signal): KnownCredential {
    if (!credential) throw unknownCredential();
    const refusal = refusalOf(credential, access, signal);
    if (refusal) {
      usage.rejected(credential, signal, refusal);
      throw refusal;
    }
    usage.used(credential);
    return credential;
  }

  function byQueryToken(
    { headers }: IncomingMessage,
    presented: string,
    signal: Signal,
  ): Reader | Promise<Reader> {
    const found = byCredential(presented, 'query', signal);
    const statement = headers[GRAFANA_ID_HEADER];
    if (statement === undefined) return found;
    const reader = (credential: KnownCredential) => grafana.reader(String(statement), credential, signal);
    return found instanceof Promise ? found.then(reader) : reader(found);
  }

  async function byToken(token: string, signal: Signal): Promise<SignedIn> {
    const signedIn = await people.signedIn(token);
    requirePermission(signedIn, signal);
    return signedIn;
  }

  return {
    push(request, signal) {
      const presented = presentedCredential(request.headers);
      if (!presented) throw nothingGiven('push');
      // A typo or a token of some other system is told apart by its checksum, without asking anybody.
      if (parseCredential(presented)) return byCredential(presented, 'push', signal);
      throw JWT.test(presented)
        ? refuse.forbidden(`this needs ${NAME_OF['ingestion-key']}, not a sign-in`)
        : unknownCredential();
    },

    query(request, signal) {
      const presented = presentedCredential(request.headers) ?? sessionCookie(request);
      if (!presented) throw nothingGiven('query');
      if (parseCredential(presented)) return byQueryToken(request, presented, signal);
      if (JWT.test(presented)) return byToken(presented, signal);
      throw unknownCredential();
    },

    watch(reader, signal, onEnd) {
      let timer: NodeJS.Timeout | undefined;
      let isOver = false;
      const stop = (): void => {
        isOver = true;
        clearTimeout(timer);
        stopWatching();
      };
      const end = (reason: string): void => {
        if (isOver) return;
        stop();
        onEnd(reason);
      };
      const endAt = (expiresAtMs: number): void => {
        clearTimeout(timer);
        if (expiresAtMs === Infinity || isOver) return;
        const left = expiresAtMs - Date.now();
        if (left <= 0) return end('the credential has expired');
        timer = setTimeout(() => endAt(expiresAtMs), Math.min(left, MAX_TIMER_MS));
      };
      const watchCredential = (key: string, mostMs: number, orgId?: number): (() => void) =>
        credentials.watch(key, (credential) => {
          if (!credential) end('the credential was revoked');
          else if (!credential.signals.includes(signal))
            end(`the credential may not query ${signal} any more`);
          else if (orgId !== undefined && credential.grafana?.orgId !== orgId)
            end('the Grafana org is no longer that of the tenant');
          else endAt(Math.min(mostMs, credential.expiresAtMs));
        });
      const watchPerson = (signedIn: SignedIn): (() => void) =>
        people.watch(signedIn, (person) => {
          if (!person) end('the sign-in is over');
          else if (!person.permissions.has(READ_SIGNAL[signal])) end(`${READ_SIGNAL[signal]} was taken away`);
        });
      let stopWatching: () => void;
      if ('person' in reader) stopWatching = watchPerson(reader);
      else if ('orgId' in reader)
        stopWatching = watchCredential(reader.credential.key, reader.expiresAtMs, reader.orgId);
      else stopWatching = watchCredential(reader.key, Infinity);
      endAt(reader.expiresAtMs);
      return stop;
    },
  };
}

function refusalOf({ kind, signals }: KnownCredential, access: Access, signal: Signal): Refusal | undefined {
  const needed = KIND_FOR[access];
  if (kind !== needed) return refuse.forbidden(`this needs ${NAME_OF[needed]}, not ${NAME_OF[kind]}`);
  if (signals.includes(signal)) return undefined;
  return refuse.forbidden(`this credential may not ${access} ${signal}`, {
    fix: `it is allowed: ${signals.join(', ')}`,
  });
}

function requirePermission({ person }: SignedIn, signal: Signal): void {
  const needed = READ_SIGNAL[signal];
  if (person.permissions.has(needed)) return;
  throw refuse.forbidden(`this needs the permission ${needed}`, {
    fix: 'ask an admin of your tenant for a role that has it',
  });
}

const nothingGiven = (access: Access): Refusal =>
  refuse.unauthenticated('no credential was given', {
    fix: `send ${NAME_OF[KIND_FOR[access]]} as "Authorization: Bearer", as basic auth password or as X-API-Key`,
  });

const unknownCredential = (): Refusal =>
  refuse.unauthenticated('this credential is unknown, expired or revoked', {
    fix: 'ask your operator for a new one',
  });
