/**
 * Tells Keycloak about a tenant's people: who is new, who is gone, whose password has changed. Ours is the list of who
 * belongs to the tenant; what Keycloak adds by itself (people of a connected identity provider) becomes ours at their
 * first sign-in.
 */
import type { StepContext } from '../../provisioning/step.ts';
import type { KeycloakAdmin } from './admin.ts';
import { isRole } from './desired.ts';
import { importedPassword } from './imported-password.ts';
import type { KeycloakStore, Unlinked, UserChange } from './keycloak-store.ts';
import type { Place } from './place.ts';

type Begin = StepContext['begin'];

export interface PeopleContext {
  begin: Begin;
  tenantId: string;
  place: Place;
  /** Of the shared realm; null in a realm of its own. */
  organizationId: string | null;
}

/** @returns what was done, in words without addresses: `user made` */
export async function mendPeople(
  admin: KeycloakAdmin,
  store: KeycloakStore,
  { begin, tenantId, place, organizationId }: PeopleContext,
): Promise<string[]> {
  const { realm } = place;
  const done: string[] = [];

  for (const change of await begin((tx) => store.userChanges(tx, tenantId))) {
    await tell(realm, change);
    await begin((tx) => store.userChangeDone(tx, change));
    done.push(change.change === 'removed' ? 'user removed' : 'password of a user');
  }
  for (const user of await begin((tx) => store.unlinkedUsers(tx, tenantId))) {
    const id = await ensureUser(realm, user);
    if (organizationId !== null) await admin.addMember(realm, organizationId, id);
    // Last: until then the next run does it all again.
    await begin((tx) => store.linkUser(tx, user.id, id));
    done.push('user made');
  }
  return done;

  async function tell(
    realmName: string,
    { keycloak_user_id: id, change, hashed_password }: UserChange,
  ): Promise<void> {
    if (change === 'removed') return admin.removeUser(realmName, id);
    if (hashed_password === null || !(await admin.user(realmName, id))) return;
    await admin.updateUser(realmName, id, {
      credentials: [importedPassword(hashed_password)],
      requiredActions: [],
    });
  }

  async function ensureUser(realmName: string, user: Unlinked): Promise<string> {
    const find = () => admin.userByEmail(realmName, user.email);
    let account = await find();
    if (!account) {
      await admin.createUser(realmName, {
        username: user.email,
        email: user.email,
        emailVerified: true,
        enabled: true,
        // Without a password of ours they cannot sign in until somebody, here or in Keycloak, gives them one.
        ...(user.hashed_password === null
          ? { requiredActions: ['UPDATE_PASSWORD'] }
          : { credentials: [importedPassword(user.hashed_password)] }),
      });
      // Made by this run, or by another at the same time.
      account = await find();
    }
    if (account?.id === undefined) throw new Error('Keycloak has a user of this name with another address');
    // The address is what makes the two one; so somebody must have seen to it that it is theirs.
    if (!account.emailVerified) {
      throw new Error(
        'Keycloak has not verified the address that a user shares with one of ours: remove it there',
      );
    }
    await admin.giveRoles(realmName, account.id, user.roles.filter(isRole));
    return account.id;
  }
}
