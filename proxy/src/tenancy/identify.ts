// Who is calling: the one place where a credential becomes a tenant. There is no default tenant and no way
// past a failure; the tenant never comes from anything else the client says.
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseCredential } from '@obstack/contracts/credential-format';
import type { Signal } from '@obstack/contracts';
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';
import type { CredentialCache, KnownCredential } from './credential-cache.ts';
import { presentedCredential } from './presented-credential.ts';

export type Access = 'push' | 'query';

export interface Caller {
  readonly tenantId: string;
  readonly credential: KnownCredential;
}

/** Resolves to the caller, or rejects with a 401, 403 or 503 refusal. */
export type Identify = (request: IncomingMessage, access: Access, signal: Signal) => Caller | Promise<Caller>;

const KIND_FOR = { push: 'ingestion-key', query: 'query-token' } as const;
const NAME_OF = {
  'ingestion-key': 'an ingestion key (obk_…)',
  'query-token': 'a query token (obq_…)',
} as const;

export function createIdentify(credentials: CredentialCache): Identify {
  return (request, access, signal) => {
    const presented = presentedCredential(request.headers);
    const needed = KIND_FOR[access];
    if (presented === undefined || presented === '') {
      throw refuse.unauthenticated('no credential was given', {
        fix: `send ${NAME_OF[needed]} as "Authorization: Bearer", as basic auth password or as X-API-Key`,
      });
    }
    // A typo or a token of some other system is told apart by its checksum, without asking anybody.
    if (!parseCredential(presented)) throw unknownCredential();
    const found = credentials.lookup(hash('sha256', presented, 'hex'));
    return found instanceof Promise
      ? found.then((credential) => admit(credential, access, signal))
      : admit(found, access, signal);
  };
}

function admit(credential: KnownCredential | undefined, access: Access, signal: Signal): Caller {
  if (!credential) throw unknownCredential();
  const needed = KIND_FOR[access];
  if (credential.kind !== needed) {
    throw refuse.forbidden(`this needs ${NAME_OF[needed]}, not ${NAME_OF[credential.kind]}`);
  }
  if (!credential.signals.includes(signal)) {
    throw refuse.forbidden(`this credential may not ${access} ${signal}`, {
      fix: `it is allowed: ${credential.signals.join(', ')}`,
    });
  }
  return { tenantId: credential.tenantId, credential };
}

const unknownCredential = (): Refusal =>
  refuse.unauthenticated('this credential is unknown, expired or revoked', {
    fix: 'ask your operator for a new one',
  });
