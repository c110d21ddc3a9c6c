/**
 * The demo's tenants, their credentials and their administrators, made over the public admin API as an operator would make them.
 * Repeatable: what exists and still works is kept, so agents and bookmarks survive a restart.
 */
import { randomBytes } from 'node:crypto';
import { type Key, parseCredential, type Plan, type Tenant, type User } from '@obstack/contracts';
import { ApiError, type Client, paginate } from '@obstack/contracts/client';
import type { DemoTenant } from '../demo-file.ts';

const KEY_NAME = 'demo';

/**
 * @param known what the demo file of an earlier start says; secrets are shown only once, so credentials it no
 *   longer holds are replaced, and their predecessors revoked.
 */
export async function ensureTenant(
  api: Client,
  wanted: { name: string; plan: Plan },
  known?: DemoTenant,
): Promise<DemoTenant> {
  const tenant = await findTenant(api, wanted.name, known?.id);
  const { id, name, plan } = tenant ?? (await api.createTenant({ body: wanted }));
  return {
    id,
    name,
    plan,
    ingestKey: await ensureCredential(ingestionKeys(api), id, known?.ingestKey),
    queryToken: await ensureCredential(queryTokens(api), id, known?.queryToken),
    admin: await ensureAdmin(api, { id, name }, known?.admin ?? null),
    grafana: known?.grafana ?? null,
  };
}

async function findTenant(
  api: Client,
  name: string,
  knownId: string | undefined,
): Promise<Tenant | undefined> {
  if (knownId !== undefined) {
    const tenant = await unlessMissing(api.getTenant({ params: { tenantId: knownId } }));
    if (tenant) return tenant;
  }
  for await (const tenant of paginate(api.listTenants, { query: { limit: 200 } })) {
    if (tenant.name === name) return tenant;
  }
  return undefined;
}

type Credentials = ReturnType<typeof ingestionKeys>;

const ingestionKeys = (api: Client) => ({
  create: api.createIngestionKey,
  list: api.listIngestionKeys,
  get: api.getIngestionKey,
  revoke: api.revokeIngestionKey,
});
const queryTokens = (api: Client): Credentials => ({
  create: api.createQueryToken,
  list: api.listQueryTokens,
  get: api.getQueryToken,
  revoke: api.revokeQueryToken,
});

/** The known credential if it still works, else a new one in the place of all earlier ones of the same name. */
async function ensureCredential(
  credentials: Credentials,
  tenantId: string,
  known: string | undefined,
): Promise<string> {
  const knownKeyId = known === undefined ? undefined : parseCredential(known)?.keyId;
  if (known !== undefined && knownKeyId !== undefined) {
    const key = await unlessMissing(credentials.get({ params: { tenantId, keyId: knownKeyId } }));
    if (key?.status === 'active') return known;
  }
  const orphans = await activeDemoKeys(credentials, tenantId);
  const { secret } = await credentials.create({ params: { tenantId }, body: { name: KEY_NAME } });
  for (const { id } of orphans) await credentials.revoke({ params: { tenantId, keyId: id } });
  return secret;
}

async function activeDemoKeys({ list }: Credentials, tenantId: string): Promise<Key[]> {
  const keys: Key[] = [];
  for await (const key of paginate(list, { params: { tenantId }, query: { limit: 200 } })) {
    if (key.name === KEY_NAME && key.status === 'active') keys.push(key);
  }
  return keys;
}

/** The known one if there still is such a user, else a new one, or a new password for one whose password is lost. */
async function ensureAdmin(
  api: Client,
  tenant: { id: string; name: string },
  known: DemoTenant['admin'],
): Promise<NonNullable<DemoTenant['admin']>> {
  const params = { tenantId: tenant.id };
  const email = known?.email ?? `admin@${tenant.name}.example`;
  const user = await findUser(api, tenant.id, email);
  if (user && known) return known;
  const password = randomBytes(18).toString('base64url');
  if (user) {
    const { token } = await api.createSetPasswordToken({ params: { ...params, userId: user.id } });
    await api.setPassword({ body: { token, password } });
  } else {
    await api.createUser({ params, body: { email, password, roles: ['admin'] } });
  }
  return { email, password };
}

async function findUser(api: Client, tenantId: string, email: string): Promise<User | undefined> {
  for await (const user of paginate(api.listUsers, { params: { tenantId }, query: { limit: 200 } })) {
    if (user.email === email) return user;
  }
  return undefined;
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not-found') return undefined;
    throw error;
  }
}
