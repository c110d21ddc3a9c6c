/**
 * Makes a realm as it should be, from nothing or from whatever it has become. It looks before each change, so it may run
 * any number of times, side by side with itself, and after it was cut off anywhere.
 */
import type { ClientRepresentation, KeycloakAdmin } from './admin.ts';
import { desiredClients, desiredRealm, ROLES, scopesOf, type Surroundings } from './desired.ts';
import { differences } from './differences.ts';
import type { Place } from './place.ts';

/** @returns what was missing or different, in words: `client obstack: redirectUris` */
export async function mendRealm(
  admin: KeycloakAdmin,
  { realm, isShared }: Place,
  displayName: string,
  surroundings: Surroundings,
): Promise<string[]> {
  const mended: string[] = [];
  const wanted = desiredRealm(displayName, isShared);
  const found = await admin.realm(realm);
  if (!found) {
    await admin.createRealm({ realm, ...wanted });
    mended.push('realm');
  } else {
    const changed = differences(wanted, found);
    if (changed.length > 0) await admin.updateRealm(realm, wanted);
    mended.push(...changed.map((name) => `realm: ${name}`));
  }
  mended.push(...(await mendUserProfile(admin, realm)), ...(await mendRoles(admin, realm)));
  for (const client of desiredClients(surroundings)) {
    mended.push(...(await mendClient(admin, realm, client, scopesOf(isShared))));
  }
  return mended;
}

/** By default Keycloak insists on a first and a last name, which we know of nobody. */
async function mendUserProfile(admin: KeycloakAdmin, realm: string): Promise<string[]> {
  const profile = await admin.userProfile(realm);
  const insisting = (profile.attributes ?? []).filter(
    ({ name, required }) => required && (name === 'firstName' || name === 'lastName'),
  );
  if (insisting.length === 0) return [];
  for (const attribute of insisting) delete attribute.required;
  await admin.updateUserProfile(realm, profile);
  return ['user profile'];
}

async function mendRoles(admin: KeycloakAdmin, realm: string): Promise<string[]> {
  const there = await admin.roleNames(realm);
  const missing = Object.entries(ROLES).filter(([name]) => !there.includes(name));
  for (const [name, description] of missing) await admin.createRole(realm, name, description);
  return missing.map(([name]) => `role ${name}`);
}

async function mendClient(
  admin: KeycloakAdmin,
  realm: string,
  wanted: ClientRepresentation,
  scopes: readonly string[],
): Promise<string[]> {
  const { protocolMappers = [], ...settings } = wanted;
  const clientId = settings.clientId ?? '';
  const what = `client ${clientId}`;
  const found = await admin.client(realm, clientId);
  if (found?.id === undefined) {
    await admin.createClient(realm, {
      ...wanted,
      defaultClientScopes: [...scopes],
      optionalClientScopes: [],
    });
    return [what];
  }
  const { id } = found;
  const changed = differences(settings, found);
  if (changed.length > 0) {
    await admin.updateClient(realm, id, {
      ...found,
      ...settings,
      attributes: { ...found.attributes, ...settings.attributes },
    });
  }
  const there = found.protocolMappers ?? [];
  for (const mapper of protocolMappers) {
    const present = there.find(({ name }) => name === mapper.name);
    if (present?.id === undefined) await admin.createMapper(realm, id, mapper);
    else if (differences(mapper, present).length > 0) {
      await admin.updateMapper(realm, id, present.id, { ...present, ...mapper });
    } else continue;
    changed.push(`mapper ${mapper.name ?? ''}`);
  }
  // What somebody else adds to our client could make its tokens say anything.
  for (const { id: mapperId, name } of there) {
    if (mapperId === undefined || protocolMappers.some((mapper) => mapper.name === name)) continue;
    await admin.removeMapper(realm, id, mapperId);
    changed.push(`mapper ${name ?? ''}`);
  }
  const given = await admin.defaultScopes(realm, id);
  for (const scope of scopes.filter((name) => !given.includes(name))) {
    await admin.addDefaultScope(realm, id, scope);
    changed.push(`scope ${scope}`);
  }
  return changed.map((name) => `${what}: ${name}`);
}
