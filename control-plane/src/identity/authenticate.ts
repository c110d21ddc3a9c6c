/** Who is calling the public API. */
import { parseCredential } from '@obstack/contracts/credential-format';
import { UnauthenticatedError } from '@obstack/service-kit/problem';
import { bearerToken, sha256Hex } from '@obstack/service-kit/secrets';
import type { Actor, Permission } from '../context.ts';
import type { Database } from '../db/connect.ts';
import type { OperatorStore } from '../features/operator/operator-store.ts';

const OPERATOR_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>([
  'tenants:read',
  'tenants:write',
  'keys:read',
  'keys:write',
]);

export type Authenticate = (authorization: string | undefined) => Promise<Actor>;

/** Takes an operator's API token as a bearer token, and nothing else: a tenant's keys open nothing here. */
export function createAuthenticate(db: Database, operators: OperatorStore): Authenticate {
  return async (authorization) => {
    const token = bearerToken(authorization);
    if (token === undefined) {
      throw new UnauthenticatedError('Send `Authorization: Bearer <operator API token>`.');
    }
    const credential = parseCredential(token);
    if (credential && credential.kind !== 'operator-token') {
      throw new UnauthenticatedError(
        "A tenant's key or query token does not open this API; send an operator API token.",
      );
    }
    const id = credential && (await operators.findIdByToken(db, sha256Hex(token)));
    if (!id) throw new UnauthenticatedError('This operator API token is not known.');
    return { type: 'operator', id, permissions: OPERATOR_PERMISSIONS };
  };
}
