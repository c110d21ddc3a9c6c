/**
 * Somebody whom Keycloak knows and we do not: a person of an identity provider that is connected to the realm, or one
 * whom we know by address only. What counts is what Keycloak's own records say, not what a token does.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import type { AuditStore } from '../../features/audit/audit-store.ts';
import type { KeycloakAdmin } from './admin.ts';
import { isRole } from './desired.ts';
import type { KeycloakStore, LinkedTenant } from './keycloak-store.ts';

/**
 * Links them to the tenant's user of the same verified address, or makes them a user with the roles that Keycloak gives
 * them; from then on roles are ours to change (docs/decisions/keycloak.md).
 * @returns the user's id; undefined when they may not come in
 */
export async function firstSignIn(
  deps: { db: Database; store: KeycloakStore; admin: KeycloakAdmin; audit: AuditStore },
  who: { realm: string; isShared: boolean; tenant: LinkedTenant; subject: string },
): Promise<string | undefined> {
  const { db, store, admin, audit } = deps;
  const { realm, isShared, tenant, subject } = who;
  const account = await admin.user(realm, subject);
  if (!account?.enabled || !account.emailVerified || !account.email) return undefined;
  if (isShared && !(await admin.organizationsOf(realm, subject)).includes(tenant.id)) return undefined;
  const email = account.email.toLowerCase();
  const given = (await admin.rolesOf(realm, subject)).filter(isRole);
  const roles = given.length > 0 ? given : ['viewer'];

  return db.begin({ tenantId: tenant.id }, async (tx) => {
    const there = await store.userByEmail(tx, tenant.id, email);
    if (there) {
      if (there.keycloak_user_id !== null) return there.keycloak_user_id === subject ? there.id : undefined;
      await store.linkUser(tx, there.id, subject);
    }
    const user = { tenant_id: tenant.id, email, roles, keycloak_user_id: subject };
    const id = there?.id ?? (await store.insertUser(tx, user));
    // Somebody of another tenant has the address.
    if (id === undefined) return undefined;
    await audit.insert(tx, {
      tenant_id: tenant.id,
      actor_type: 'user',
      actor_id: id,
      actor_name: email,
      ip: null,
      user_agent: null,
      action: there ? 'linkKeycloakUser' : 'addKeycloakUser',
      target_type: 'user',
      target_id: id,
      outcome: 'success',
      reason: 'first sign-in through Keycloak',
      request_id: randomUUID(),
      diff: there ? null : { roles: { from: null, to: roles } },
    });
    return id;
  });
}
