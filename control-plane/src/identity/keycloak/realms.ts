/** All that a tenant has in Keycloak: made, mended and removed. */
import type { FeatureOverrides, Plan } from '@obstack/contracts';
import type { Database } from '../../db/connect.ts';
import type { StepContext } from '../../provisioning/step.ts';
import type { createKeycloakAdmin, KeycloakAdmin } from './admin.ts';
import type { Surroundings } from './desired.ts';
import { differences } from './differences.ts';
import type { KeycloakStore } from './keycloak-store.ts';
import { mendPeople } from './mend-people.ts';
import { mendRealm } from './mend-realm.ts';
import type { Oidc } from './oidc.ts';
import { ownRealm, placeOf, SHARED_REALM } from './place.ts';

export interface RealmContext {
  tenant: { id: string; name: string; plan: Plan; features: FeatureOverrides };
  signal: AbortSignal;
}

export interface Realms {
  /**
   * Makes what the tenant should have, and mends what differs. It may run any number of times, and go on from wherever
   * an earlier run was cut off.
   * @returns what was missing or different, in words
   */
  mend(ctx: RealmContext): Promise<string[]>;
  /** People only: who is new, who is gone. */
  mendPeople(ctx: RealmContext): Promise<string[]>;
  /** Everything the tenant ever had there, whatever its plan is now. */
  remove(ctx: RealmContext): Promise<void>;
}

export function createRealms(deps: {
  db: Database;
  admin: ReturnType<typeof createKeycloakAdmin>;
  oidc: Oidc;
  store: KeycloakStore;
  surroundings: Surroundings;
}): Realms {
  const { db, oidc, store, surroundings } = deps;
  const within =
    ({ id }: RealmContext['tenant']): StepContext['begin'] =>
    (work) =>
      db.begin({ tenantId: id }, work);

  async function mendOrganization(
    admin: KeycloakAdmin,
    tenant: RealmContext['tenant'],
  ): Promise<{ id: string; mended: string[] }> {
    const begin = within(tenant);
    const wanted = { name: tenant.id, description: tenant.name, enabled: true };
    const linked = await begin((tx) => store.tenant(tx, tenant.id));
    const known = linked?.keycloak_organization_id;
    const found =
      (known && (await admin.organizationById(SHARED_REALM, known))) ||
      (await admin.organization(SHARED_REALM, tenant.id));
    if (found?.id !== undefined) {
      const changed = differences(wanted, found);
      if (changed.length > 0) await admin.updateOrganization(SHARED_REALM, found.id, { ...found, ...wanted });
      return { id: found.id, mended: changed.map((name) => `organization: ${name}`) };
    }
    // Before it is there: cut off in between, the next run still finds everybody to be made a member.
    await begin((tx) => store.unlinkUsers(tx, tenant.id));
    await admin.createOrganization(SHARED_REALM, { ...wanted, alias: tenant.id });
    const made = await admin.organization(SHARED_REALM, tenant.id);
    if (made?.id === undefined)
      throw new Error('Keycloak has another organization with the alias of this one');
    return { id: made.id, mended: ['organization'] };
  }

  return {
    async mend({ tenant, signal }) {
      const begin = within(tenant);
      const place = placeOf(tenant);
      if (!place) return [];
      const { realm, isShared } = place;
      const admin = deps.admin(signal);
      if (!isShared && !(await admin.realm(realm))) await begin((tx) => store.unlinkUsers(tx, tenant.id));
      const mended = await mendRealm(admin, place, isShared ? 'Obstack' : tenant.name, surroundings);
      const organization = isShared ? await mendOrganization(admin, tenant) : null;
      mended.push(...(organization?.mended ?? []));

      const { issuer } = await oidc.discover(realm, signal);
      const jwks = await oidc.jwks(realm, signal);
      // The shared realm is no tenant's: its row cannot be changed within the scope of one.
      await db.begin(isShared ? 'platform' : { tenantId: tenant.id }, async (tx) => {
        const before = await store.realm(tx, realm);
        if (before && before.issuer !== issuer) mended.push('issuer');
        await store.putRealm(tx, { realm, tenant_id: isShared ? null : tenant.id, issuer, jwks });
      });
      await begin(async (tx) => {
        const linked = await store.tenant(tx, tenant.id);
        // Moved from one place to another: its people are not there yet.
        if (linked && linked.keycloak_realm_id !== null && isShared) await store.unlinkUsers(tx, tenant.id);
        if (linked && linked.keycloak_organization_id !== null && !isShared)
          await store.unlinkUsers(tx, tenant.id);
        await store.linkTenant(tx, tenant.id, {
          keycloak_realm_id: isShared ? null : realm,
          keycloak_organization_id: organization?.id ?? null,
        });
      });
      const people = { begin, tenantId: tenant.id, place, organizationId: organization?.id ?? null };
      return [...mended, ...(await mendPeople(admin, store, people))];
    },

    async mendPeople({ tenant, signal }) {
      const begin = within(tenant);
      const place = placeOf(tenant);
      const linked = await begin((tx) => store.tenant(tx, tenant.id));
      if (!place || !linked) return [];
      const organizationId = place.isShared ? linked.keycloak_organization_id : null;
      // Not there yet, or on its way from one place to the other: the step sees to it.
      if (place.isShared ? organizationId === null : linked.keycloak_realm_id !== place.realm) return [];
      return mendPeople(deps.admin(signal), store, { begin, tenantId: tenant.id, place, organizationId });
    },

    async remove({ tenant, signal }) {
      const admin = deps.admin(signal);
      await admin.removeRealm(ownRealm(tenant.id));
      if (await admin.realm(SHARED_REALM)) await removeOrganization(admin, tenant.id);
      await within(tenant)(async (tx) => {
        await store.removeRealm(tx, ownRealm(tenant.id));
        await store.linkTenant(tx, tenant.id, { keycloak_realm_id: null, keycloak_organization_id: null });
        await store.unlinkUsers(tx, tenant.id);
      });
    },
  };
}

/** With its people, as far as they belong to no other. */
async function removeOrganization(admin: KeycloakAdmin, alias: string): Promise<void> {
  const organization = await admin.organization(SHARED_REALM, alias);
  if (organization?.id === undefined) return;
  for (;;) {
    const members = await admin.members(SHARED_REALM, organization.id);
    if (members.length === 0) break;
    for (const { id = '' } of members) {
      const isElsewhere = (await admin.organizationsOf(SHARED_REALM, id)).some((other) => other !== alias);
      if (isElsewhere) await admin.removeMember(SHARED_REALM, organization.id, id);
      else await admin.removeUser(SHARED_REALM, id);
    }
  }
  await admin.removeOrganization(SHARED_REALM, organization.id);
}
