// Who is asking, and which signals they may read: the permission is asked per signal, as at any other door.
import type { IncomingMessage } from 'node:http';
import type { Signal } from '@obstack/contracts';
import { Refusal } from '../http/refusal.ts';
import type { Identify } from '../tenancy/identify.ts';

export interface Readable {
  readonly tenantId: string;
  /** Signal → why the caller may not read it. */
  readonly notAllowed: ReadonlyMap<Signal, string>;
}

/** @throws a refusal when the caller is unknown, or may read none of `signals`; at least one of those */
export async function readableSignals(
  identify: Identify,
  request: IncomingMessage,
  signals: readonly Signal[],
): Promise<Readable> {
  const notAllowed = new Map<Signal, string>();
  let tenantId: string | undefined;
  let first: Refusal | undefined;
  for (const signal of signals) {
    try {
      const reader = await identify.query(request, signal);
      // One request has one credential; were it otherwise, it would be a fault of ours.
      if (tenantId !== undefined && reader.tenantId !== tenantId)
        throw new Error('two tenants in one search');
      tenantId = reader.tenantId;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 403) throw error;
      first ??= error;
      notAllowed.set(signal, error.details.fix ? `${error.message}; ${error.details.fix}` : error.message);
    }
  }
  if (tenantId === undefined) throw first ?? new Error('no signal was asked for');
  return { tenantId, notAllowed };
}
