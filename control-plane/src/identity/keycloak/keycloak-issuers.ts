/**
 * Whose tokens of Keycloak's we take, and for whom. A realm counts because we made it and wrote it down with its issuer:
 * nothing is ever asked of an address that a token names.
 */
import type { PrincipalQuestion, TrustedIssuer } from '@obstack/contracts/internal';
import type { Logger } from '@obstack/service-kit/logger';
import { z } from 'zod';
import type { Database, Executor } from '../../db/connect.ts';
import type { AuditStore } from '../../features/audit/audit-store.ts';
import type { ExternalIssuers } from '../issuers.ts';
import type { createKeycloakAdmin } from './admin.ts';
import { AUDIENCE } from './desired.ts';
import { firstSignIn } from './first-sign-in.ts';
import type { KeycloakStore, LinkedTenant, RealmRow } from './keycloak-store.ts';
import type { Oidc } from './oidc.ts';
import { placeOf } from './place.ts';
import { orUnavailable } from './when-away.ts';

/** Keys change seldom; whoever verifies asks at most this often about one they do not know. */
const COOL_DOWN_MS = 10_000;
/** For how long one whom Keycloak does not vouch for is not asked about again. */
const REFUSED_MS = 30_000;
const MAX_REFUSED = 10_000;
const ASK_MS = 10_000;

export function createKeycloakIssuers(deps: {
  db: Database;
  store: KeycloakStore;
  admin: ReturnType<typeof createKeycloakAdmin>;
  oidc: Oidc;
  audit: AuditStore;
  logger: Logger;
}): ExternalIssuers {
  const { db, store, oidc, audit, logger } = deps;
  const fetchedAt = new Map<string, number>();
  const refusedUntil = new Map<string, number>();
  const asking = new Map<string, Promise<string | undefined>>();

  /** From Keycloak, if it has not been asked a moment ago; else, and while it is away, as last seen. */
  async function jwksOf({ realm, jwks }: RealmRow): Promise<TrustedIssuer['jwks']> {
    if (Date.now() - (fetchedAt.get(realm) ?? 0) < COOL_DOWN_MS) return jwks;
    fetchedAt.set(realm, Date.now());
    try {
      const fresh = await oidc.jwks(realm);
      await db.begin('platform', (tx) => store.setJwks(tx, realm, fresh));
      return fresh;
    } catch (err) {
      logger.warn({ err, realm }, 'going on with the keys of Keycloak as last seen');
      return jwks;
    }
  }

  /** The tenant for which a token of this realm speaks, if the tenant still signs in there. */
  async function tenantOf(
    tx: Executor,
    { realm, tenant_id }: RealmRow,
    { organizations }: PrincipalQuestion,
  ): Promise<LinkedTenant | undefined> {
    const [organization] = organizations;
    // More than one says nothing about which.
    const named = organizations.length === 1 ? z.uuid().safeParse(organization).data : undefined;
    const id = tenant_id ?? named;
    const tenant = id === undefined ? undefined : await store.tenant(tx, id);
    return tenant && signsInAt(tenant, realm) ? tenant : undefined;
  }

  return {
    async find(issuer) {
      const row = await db.begin('platform', (tx) => store.realmByIssuer(tx, issuer));
      return row && { issuer, audience: AUDIENCE, jwks: await jwksOf(row) };
    },

    async userOf(question) {
      const subject = z.uuid().safeParse(question.subject).data;
      if (subject === undefined) return undefined;
      const key = JSON.stringify([question.issuer, subject, question.organizations]);
      if ((refusedUntil.get(key) ?? 0) > Date.now()) return undefined;
      const known = await db.begin('platform', async (tx) => {
        const row = await store.realmByIssuer(tx, question.issuer);
        const tenant = row && (await tenantOf(tx, row, question));
        if (!tenant) return undefined;
        const user = await store.userWithTenant(tx, subject);
        const wasRemoved = !user && (await store.wasRemoved(tx, subject));
        return { realm: row.realm, isShared: row.tenant_id === null, tenant, user, wasRemoved };
      });
      if (!known || known.wasRemoved) return undefined;
      const { realm, isShared, tenant, user } = known;
      if (user) return user.id === tenant.id ? user.user_id : undefined;

      // Whoever comes with their first token often comes with several requests at once.
      const underWay = asking.get(key);
      if (underWay) return underWay;
      const admin = deps.admin(AbortSignal.timeout(ASK_MS));
      const asked = orUnavailable(
        firstSignIn({ db, store, admin, audit }, { realm, isShared, tenant, subject }),
      )
        .then((id) => {
          if (refusedUntil.size >= MAX_REFUSED) refusedUntil.clear();
          if (id === undefined) refusedUntil.set(key, Date.now() + REFUSED_MS);
          return id;
        })
        .finally(() => asking.delete(key));
      asking.set(key, asked);
      return asked;
    },
  };
}

function signsInAt(tenant: LinkedTenant, realm: string): boolean {
  const place = placeOf(tenant);
  if (place?.realm !== realm) return false;
  return place.isShared ? tenant.keycloak_organization_id !== null : tenant.keycloak_realm_id === realm;
}
