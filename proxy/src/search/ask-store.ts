// How search asks a store: in one of the ways that lock a request to the tenant. A source says what it wants; nothing it
// writes reaches a store in another way.
import { canonicalForm, compileParams } from '../query/canonical-request.ts';
import type { CompiledParams } from '../query/canonical-request.ts';
import type { QueryContext } from '../query/enforced-endpoint.ts';
import type { QueryTable } from '../query/endpoint.ts';
import { Refusal } from '../http/refusal.ts';
import type { Upstream, UpstreamReply, UpstreamRequest } from '../upstream/forward.ts';
import { outgoingHeaders } from '../upstream/headers.ts';
import type { Gate, Urgency } from './gate.ts';
import type { SettledCounts } from './settled-counts.ts';
import type { SharedAnswers } from './shared-answers.ts';
import type { Loaded } from './shared-answers.ts';
import type { Ask } from './source.ts';
import { StoreFailure } from './store-failure.ts';

export type AskContext = Omit<QueryContext, 'identify'>;

/** Held in memory whole. */
const MAX_REPLY_BYTES = 32 * 1024 * 1024;
const MAX_URL_FORM = 4096;
const MAX_REASON = 300;
/** Loki then keeps the labels of a stream apart from what is beside the line. */
const LOKI_GROUPS = { 'x-loki-response-encoding-flags': 'categorize-labels' };

/** What searches have in common. */
export interface Remembered {
  readonly answers: SharedAnswers;
  readonly counts: SettledCounts;
}

/** Makes what a source asks for a request that can be answered with the tenant's own data only. */
export type LockedRequest = (tenantId: string, path: string, given: readonly string[]) => UpstreamRequest;

/** Through the same tables, the same enforcement and the same headers as every other query. */
export function throughTable(context: AskContext, table: QueryTable): LockedRequest {
  const rows = new Map<string, { params: CompiledParams; takesForm: boolean }>(
    table.endpoints.map(({ path, params, methods }) => [
      path,
      { params: compileParams(params), takesForm: methods.includes('POST') },
    ]),
  );
  const extra = table.headers?.(LOKI_GROUPS);

  return (tenantId, path, given) => {
    const row = rows.get(path);
    if (!row) throw new Error(`${path} is no row of the table`);
    const form = canonicalForm(row.params, given, tenantId, context.queries);
    const locks = { storageTenant: context.storageTenant(tenantId), extra };
    return row.takesForm && form.length > MAX_URL_FORM
      ? {
          method: 'POST',
          path,
          headers: outgoingHeaders({ ...locks, contentType: 'application/x-www-form-urlencoded' }),
          body: form,
        }
      : { method: 'GET', path: `${path}?${form}`, headers: outgoingHeaders(locks) };
  };
}

/** @returns makes the `Ask` of one search: for one tenant, until `signal` is aborted */
export function createAsker(
  upstream: Upstream,
  requestFor: LockedRequest,
  { answers, counts }: Remembered,
  gate: Gate,
): (tenantId: string, signal: AbortSignal, urgency?: Urgency) => Ask {
  return (tenantId, signal, urgency = 'hits') => {
    const load = (request: UpstreamRequest, until: AbortSignal): Promise<Loaded> =>
      gate.run(tenantId, urgency, until, async () => {
        const reply = await upstream.send(request, MAX_REPLY_BYTES, until);
        return { value: parsed(reply, upstream.name), size: reply.body.length };
      });

    async function run(given: () => Promise<unknown>): Promise<unknown> {
      try {
        return await orAborted(given(), signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw asFailure(error);
      }
    }
    const ask = (path: string, params: readonly string[]): Promise<unknown> =>
      run(async () => (await load(requestFor(tenantId, path, params), signal)).value);
    const shared: Ask['shared'] = (path, params) =>
      run(async () => {
        const request = requestFor(tenantId, path, params);
        const key = `${upstream.name} ${tenantId} ${request.path} ${request.body?.toString() ?? ''}`;
        return answers.get(key, signal, (until) => load(request, until));
      });
    const settled: Ask['settled'] = (what, buckets, load) =>
      counts.get(JSON.stringify([upstream.name, tenantId, ...what]), buckets, load);
    return Object.assign(ask, { shared, settled });
  };
}

/** A request that waits for a socket does not hear of the signal, so nobody waits for the request. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function parsed({ status, body }: UpstreamReply, store: string): unknown {
  const text = body.toString('utf8');
  if (status !== 200) throw new StoreFailure('failed', `${store} answered ${status}: ${saidBy(text)}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoreFailure('failed', `${store} answered with something that is not JSON`, cause);
  }
}

/** A store's own words, about a query of the caller's own: one line of them. */
function saidBy(text: string): string {
  let message = text;
  try {
    const { error, message: said } = JSON.parse(text) as { error?: unknown; message?: unknown };
    const { reason } = (error ?? {}) as { reason?: unknown };
    message = [error, reason, said].find((each) => typeof each === 'string') ?? text;
  } catch {
    // Plain text, then.
  }
  return message
    .slice(0, MAX_REASON)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .toWellFormed();
}

function asFailure(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  return new StoreFailure(error.status === 504 ? 'timed-out' : 'failed', error.message, error);
}
