/** Who is calling the public API. */
import { OPERATOR_PERMISSIONS } from '@obstack/contracts';
import { parseCredential } from '@obstack/contracts/credential-format';
import type { Call } from '@obstack/service-kit/endpoint';
import { UnauthenticatedError } from '@obstack/service-kit/problem';
import { bearerToken, sha256Hex } from '@obstack/service-kit/secrets';
import type { ActorEndpoint } from '../call/authorise.ts';
import type { Actor } from '../call/context.ts';
import type { Database } from '../db/connect.ts';
import type { OperatorStore } from '../features/operator/operator-store.ts';

/** @throws UnauthenticatedError */
export type Authenticate = (call: Call, endpoint: ActorEndpoint) => Promise<Actor>;

/** Takes an operator's API token as a bearer token, and nothing else: a tenant's keys open nothing here. */
export function createAuthenticate(db: Database, operators: OperatorStore): Authenticate {
  return async ({ headers }) => {
    const token = bearerToken(headers.authorization);
    if (token === undefined) {
      throw new UnauthenticatedError('Send `Authorization: Bearer <operator API token>`.');
    }
    const credential = parseCredential(token);
    if (credential && credential.kind !== 'operator-token') {
      throw new UnauthenticatedError(
        "A tenant's key or query token does not open this API; send an operator API token.",
      );
    }
    const operator =
      credential && (await db.begin('platform', (tx) => operators.findByToken(tx, sha256Hex(token))));
    if (!operator) throw new UnauthenticatedError('This operator API token is not known.');
    return {
      type: 'operator',
      id: operator.id,
      name: operator.email,
      tenantId: null,
      permissions: new Set(OPERATOR_PERMISSIONS),
      sessionId: null,
    };
  };
}
