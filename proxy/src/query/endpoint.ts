// The vocabulary of the tables in prometheus.ts, loki.ts and tempo.ts. Reading those three tables is reading the
// whole query surface: what is not in them does not exist (404), and a parameter that is not in its row is refused.
import type { IncomingHttpHeaders } from 'node:http';
import type { Signal } from '@obstack/contracts';
import type { Exchange } from '../http/exchange.ts';
import type { ErrorDialect } from '../http/refusal.ts';
import type { UpstreamReply } from '../upstream/forward.ts';
import type { Language } from './enforcers.ts';
import type { Check } from './param-checks.ts';

export interface QueryTable {
  readonly store: 'prometheus' | 'loki' | 'tempo';
  readonly signal: Signal;
  readonly errors: ErrorDialect;
  /** Where the store's own paths begin on the proxy. */
  readonly prefix: '' | '/prometheus' | '/tempo';
  /** Protocol headers for the store, name and value in turn: chosen by what the client sent, never copied. */
  readonly headers?: (sent: IncomingHttpHeaders) => readonly string[] | undefined;
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  /** POST as well when the store takes a form on this path. */
  readonly methods: readonly ('GET' | 'POST')[];
  /** The store's path. A `{name}` is one segment: decoded, checked by `segments`, and encoded again. */
  readonly path: string;
  readonly segments?: Readonly<Record<string, Check>>;
  readonly params: Readonly<Record<string, Rule>>;
  /** For when the store's reply may not pass as it is; without it the reply is streamed, whatever its status. */
  readonly reply?: Reply;
}

export interface PlainRule {
  readonly kind: 'plain';
  readonly check: Check;
}

export interface QueryRule {
  readonly kind: 'query';
  readonly language: Language;
  /** May be given several times, and means the union. */
  readonly many: boolean;
  /** Without it the store would answer for everything: ask for everything of the tenant, or refuse. */
  readonly absent: 'everything' | 'refused';
  /** The one name under which the store gets it, when clients know several. */
  readonly as?: string | undefined;
}

/** Taken and dropped: something clients send along, and the store does not read. */
export interface IgnoredRule {
  readonly kind: 'ignored';
}

export type Rule = PlainRule | QueryRule | IgnoredRule;

/** One query, to be given exactly once. */
export const query = (language: Language, as?: string): QueryRule => ({
  kind: 'query',
  language,
  many: false,
  absent: 'refused',
  as,
});

/** At most one query; without it, everything of the tenant (isolation class 4). */
export const filter = (language: Language): QueryRule => ({
  kind: 'query',
  language,
  many: false,
  absent: 'everything',
});

/** Any number of selectors, each enforced; without one, everything of the tenant (isolation class 4). */
export const selectors = (language: Language, as?: string): QueryRule => ({
  kind: 'query',
  language,
  many: true,
  absent: 'everything',
  as,
});

/** No query, only a value of a known form. */
export const plain = (check: Check): PlainRule => ({ kind: 'plain', check });

export const ignored: IgnoredRule = { kind: 'ignored' };

/** A request that has been identified, checked and enforced, for a `Reply` to answer. */
export interface EnforcedCall {
  readonly tenantId: string;
  /** The store's path with its segments encoded again. */
  readonly path: string;
  /** The segments, decoded and checked. */
  readonly segments: Readonly<Record<string, string>>;
  /** The enforced parameters, encoded for a query string. */
  readonly form: string;
  /** Asks the store, with the tenant's storage lock, and collects its reply uncompressed. */
  send(request: StoreRequest): Promise<UpstreamReply>;
}

export interface StoreRequest {
  readonly path: string;
  readonly form: string;
  /** Media type of the reply, when the store has several. */
  readonly accept?: string;
}

export type Reply = (call: EnforcedCall, exchange: Exchange) => Promise<void> | void;
