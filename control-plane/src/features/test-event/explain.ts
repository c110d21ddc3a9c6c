/** Why a test event was not accepted, in a sentence that names the fix. */
import type { Signal } from '@obstack/contracts';
import type { Pushed } from './proxy-client.ts';

/** What we know of the key and its tenant. */
export interface Known {
  keyId: string;
  signals: readonly Signal[];
  status: 'active' | 'expired' | 'revoked';
  tenantState: string;
  isTenantActive: boolean;
  /** Null when a stand-in was used. */
  isRightSecret: boolean | null;
}

/** Why no push with this key can succeed; null when nothing stands in the way. */
export function hindrance({ status, tenantState, isTenantActive }: Known): string | null {
  if (!isTenantActive) {
    return tenantState === 'suspended'
      ? 'The tenant is suspended: ask your operator to resume it.'
      : `The tenant is ${tenantState}: nothing can be sent to it.`;
  }
  if (status === 'revoked') return 'This key is revoked: create a new one and give it to the agent.';
  if (status === 'expired')
    return 'This key has expired: create a new one, and let it expire later or never.';
  return null;
}

/** @param pushed an answer that is not a success */
export function explain(known: Known, signal: Signal, { status, message }: Pushed): string {
  const said = message === '' ? '' : ` (${message})`;
  switch (status) {
    case null:
      return `The proxy cannot be reached${said}: see whether it runs, and whether PROXY_URL of control-plane leads to it.`;
    case 401:
      if (known.isRightSecret === false) {
        return `This is not the secret of key ${known.keyId}: send the whole text that was shown when it was made, or rotate the key for a new one.`;
      }
      return hindrance(known) ?? `The proxy does not know this key yet${said}: try again in a few seconds.`;
    case 403:
      if (!known.signals.includes(signal)) {
        return `This key may push ${known.signals.join(' and ')} only: create one that may push ${signal}, or test another signal.`;
      }
      return `The proxy refuses this key${said}.`;
    case 413:
      return `One small record is above a limit${said}: raise the limits of the key or the tenant.`;
    case 429:
      return `A limit is used up${said}: send less, wait, or raise the limits of the key or the tenant.`;
    case 502:
    case 503:
    case 504:
      return `The store of ${signal} cannot take it right now${said}: agents will try again by themselves; if it lasts, tell your operator.`;
    default:
      return `The proxy answered ${status}${said}.`;
  }
}
