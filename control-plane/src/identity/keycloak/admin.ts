/**
 * Keycloak's Admin API, as far as we need it; the only owner of its client library. Nothing here knows what we want of
 * Keycloak: that is desired.ts.
 */
import KeycloakAdminClient, { NetworkError } from '@keycloak/keycloak-admin-client';
import type ClientRepresentation from '@keycloak/keycloak-admin-client/lib/defs/clientRepresentation.js';
import type OrganizationRepresentation from '@keycloak/keycloak-admin-client/lib/defs/organizationRepresentation.js';
import type ProtocolMapperRepresentation from '@keycloak/keycloak-admin-client/lib/defs/protocolMapperRepresentation.js';
import type RealmRepresentation from '@keycloak/keycloak-admin-client/lib/defs/realmRepresentation.js';
import type { UserProfileConfig } from '@keycloak/keycloak-admin-client/lib/defs/userProfileMetadata.js';
import type UserRepresentation from '@keycloak/keycloak-admin-client/lib/defs/userRepresentation.js';
import { OutsideError } from '../../outside/json-client.ts';

export type {
  ClientRepresentation,
  OrganizationRepresentation,
  ProtocolMapperRepresentation,
  RealmRepresentation,
  UserProfileConfig,
  UserRepresentation,
};

export interface KeycloakConnection {
  url: string;
  /** A service account of the realm `master` that may make realms. */
  clientId: string;
  clientSecret: string;
}

/** Each rejects with an OutsideError, fit for people, when Keycloak says no or nothing at all. */
export type KeycloakAdmin = ReturnType<ReturnType<typeof createKeycloakAdmin>>;

/** A realm is hundreds of rows: on a busy machine it takes its time. */
const REQUEST_MS = 60_000;
/** Half of what the realm `master` gives them by default. */
const TOKEN_MS = 30_000;

/** @returns makes an Admin API whose calls end with `signal` */
export function createKeycloakAdmin({ url, clientId, clientSecret }: KeycloakConnection) {
  let token: { text: string; until: number } | undefined;

  async function freshToken(): Promise<string> {
    if (token && Date.now() < token.until) return token.text;
    const client = new KeycloakAdminClient({
      baseUrl: url,
      requestOptions: { signal: AbortSignal.timeout(REQUEST_MS) },
    });
    const until = Date.now() + TOKEN_MS;
    await client.auth({ grantType: 'client_credentials', clientId, clientSecret });
    token = { text: client.accessToken ?? '', until };
    return token.text;
  }

  /** Runs calls with a client that has a deadline and says in words what went wrong. */
  async function ask<T>(
    what: string,
    signal: AbortSignal,
    work: (client: KeycloakAdminClient) => Promise<T>,
  ): Promise<T> {
    const client = new KeycloakAdminClient({
      baseUrl: url,
      requestOptions: { signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]) },
    });
    client.registerTokenProvider({ getAccessToken: freshToken });
    try {
      return await work(client);
    } catch (error) {
      throw outsideError(what, url, error);
    }
  }

  return (signal: AbortSignal) => {
    const call = <T>(what: string, work: (client: KeycloakAdminClient) => Promise<T>) =>
      ask(what, signal, work);
    return {
      /** Null when there is none. */
      realm: (realm: string) => call('find a realm', (kc) => kc.realms.findOne({ realm })).then(orNull),
      createRealm: (realm: RealmRepresentation) =>
        call('make a realm', (kc) => created(kc.realms.create(realm))),
      updateRealm: (realm: string, changes: RealmRepresentation) =>
        call('change a realm', (kc) => kc.realms.update({ realm }, changes)),
      removeRealm: (realm: string) => call('remove a realm', (kc) => gone(kc.realms.del({ realm }))),

      userProfile: (realm: string) => call('read the user profile', (kc) => kc.users.getProfile({ realm })),
      updateUserProfile: (realm: string, profile: UserProfileConfig) =>
        call('change the user profile', (kc) => kc.users.updateProfile({ ...profile, realm })),

      roleNames: async (realm: string) =>
        (await call('list roles', (kc) => kc.roles.find({ realm }))).map(({ name }) => name),
      createRole: (realm: string, name: string, description: string) =>
        call('make a role', (kc) => created(kc.roles.create({ realm, name, description }))),

      client: async (realm: string, clientId: string) =>
        (await call('find a client', (kc) => kc.clients.find({ realm, clientId })))[0],
      createClient: (realm: string, client: ClientRepresentation) =>
        call('make a client', (kc) => created(kc.clients.create({ realm, ...client }))),
      updateClient: (realm: string, id: string, client: ClientRepresentation) =>
        call('change a client', (kc) => kc.clients.update({ realm, id }, client)),
      createMapper: (realm: string, id: string, mapper: ProtocolMapperRepresentation) =>
        call('make a mapper', (kc) => created(kc.clients.addProtocolMapper({ realm, id }, mapper))),
      updateMapper: (realm: string, id: string, mapperId: string, mapper: ProtocolMapperRepresentation) =>
        call('change a mapper', (kc) => kc.clients.updateProtocolMapper({ realm, id, mapperId }, mapper)),
      removeMapper: (realm: string, id: string, mapperId: string) =>
        call('remove a mapper', (kc) => gone(kc.clients.delProtocolMapper({ realm, id, mapperId }))),
      defaultScopes: async (realm: string, id: string) =>
        (await call('list scopes', (kc) => kc.clients.listDefaultClientScopes({ realm, id }))).map(
          ({ name }) => name,
        ),
      addDefaultScope: (realm: string, id: string, name: string) =>
        call('give a client a scope', async (kc) => {
          const scope = (await kc.clientScopes.find({ realm })).find((other) => other.name === name);
          if (!scope?.id) throw new Error(`the realm has no client scope ${name}`);
          await kc.clients.addDefaultClientScope({ realm, id, clientScopeId: scope.id });
        }),

      user: (realm: string, id: string) =>
        call('find a user', (kc) => kc.users.findOne({ realm, id })).then(orNull),
      userByEmail: async (realm: string, email: string) =>
        (await call('find a user', (kc) => kc.users.find({ realm, email, exact: true })))[0],
      /** The names of the realm's roles that are given to the user, not those that follow from others. */
      rolesOf: async (realm: string, id: string) =>
        (await call('list roles', (kc) => kc.users.listRealmRoleMappings({ realm, id }))).map(
          ({ name }) => name ?? '',
        ),
      giveRoles: (realm: string, id: string, names: readonly string[]) =>
        call('give roles', async (kc) => {
          const found = await Promise.all(names.map((name) => kc.roles.findOneByName({ realm, name })));
          const roles = found.flatMap((role) =>
            role?.id && role.name ? [{ id: role.id, name: role.name }] : [],
          );
          if (roles.length === 0) return;
          await kc.users.addRealmRoleMappings({ realm, id, roles }).catch(async (error: unknown) => {
            // So Keycloak answers the slower of two who give the same role at the same time.
            if (statusOf(error) !== 400) throw error;
            const given = (await kc.users.listRealmRoleMappings({ realm, id })).map(({ name }) => name);
            if (!roles.every(({ name }) => given.includes(name))) throw error;
          });
        }),
      createUser: (realm: string, user: UserRepresentation) =>
        call('make a user', (kc) => created(kc.users.create({ realm, ...user }))),
      updateUser: (realm: string, id: string, changes: UserRepresentation) =>
        call('change a user', (kc) => kc.users.update({ realm, id }, changes)),
      removeUser: (realm: string, id: string) =>
        call('remove a user', (kc) => gone(kc.users.del({ realm, id }))),
      endSession: (realm: string, session: string) =>
        call('end a session', (kc) => gone(kc.realms.deleteSession({ realm, session, isOffline: false }))),

      /** @param name as it was made; it can be changed, its alias cannot */
      organization: async (realm: string, name: string) =>
        (
          await call('find an organization', (kc) =>
            kc.organizations.find({ realm, search: name, exact: true }),
          )
        )[0],
      organizationById: (realm: string, id: string) =>
        call('find an organization', (kc) =>
          kc.organizations.findOne({ realm, id }, { catchNotFound: true }),
        ).then((found) => (found as OrganizationRepresentation | null) ?? undefined),
      createOrganization: (realm: string, organization: OrganizationRepresentation) =>
        call('make an organization', (kc) => created(kc.organizations.create({ realm, ...organization }))),
      updateOrganization: (realm: string, id: string, organization: OrganizationRepresentation) =>
        call('change an organization', (kc) => kc.organizations.updateById({ realm, id }, organization)),
      removeOrganization: (realm: string, id: string) =>
        call('remove an organization', (kc) => gone(kc.organizations.delById({ realm, id }))),
      /** A hundred of them at most. */
      members: (realm: string, orgId: string) =>
        call('list members', (kc) => kc.organizations.listMembers({ realm, orgId, max: 100 })),
      addMember: (realm: string, orgId: string, userId: string) =>
        call('add a member', (kc) => created(kc.organizations.addMember({ realm, orgId, userId }))),
      removeMember: (realm: string, orgId: string, userId: string) =>
        call('remove a member', (kc) => gone(kc.organizations.delMember({ realm, orgId, userId }))),
      /** Aliases of the organizations that a user is a member of. */
      organizationsOf: async (realm: string, userId: string) =>
        (
          await call('list organizations', (kc) => kc.organizations.memberOrganizations({ realm, userId }))
        ).map(({ alias }) => alias ?? ''),
    };
  };
}

const orNull = <T>(found: T | undefined): T | null => found ?? null;

const statusOf = (error: unknown) => (error instanceof NetworkError ? error.response.status : undefined);

/** Somebody else made it a moment ago: what it is like is for a later look to say. */
async function created(making: Promise<unknown>): Promise<void> {
  await making.catch((error: unknown) => {
    if (statusOf(error) !== 409) throw error;
  });
}

async function gone(removing: Promise<unknown>): Promise<void> {
  await removing.catch((error: unknown) => {
    if (statusOf(error) !== 404) throw error;
  });
}

function outsideError(what: string, url: string, cause: unknown): OutsideError {
  const status = statusOf(cause);
  if (status === 401) {
    return new OutsideError('Keycloak does not accept KEYCLOAK_ADMIN_CLIENT_ID and _SECRET', {
      status,
      cause,
    });
  }
  if (status !== undefined) {
    return new OutsideError(`Keycloak would not ${what} (${status}): ${(cause as Error).message}`, {
      status,
      cause,
    });
  }
  return new OutsideError(`Keycloak cannot be reached at ${url} to ${what}`, { cause });
}
