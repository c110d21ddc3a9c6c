/**
 * The demo's tenants and their credentials, made over the public admin API as an operator would make them.
 * Repeatable: what exists and still works is kept, so agents and bookmarks survive a restart.
 */
import {
  createTenant,
  getTenant,
  type Key,
  ingestionKeys,
  listTenants,
  parseCredential,
  type Plan,
  queryTokens,
  type Tenant,
} from '@obstack/contracts';
import type { DemoTenant } from '../demo-file.ts';
import { ApiError, type ControlPlaneClient } from './control-plane-client.ts';

const KEY_NAME = 'demo';

/**
 * @param known what the demo file of an earlier start says; secrets are shown only once, so credentials it no
 *   longer holds are replaced, and their predecessors revoked.
 */
export async function ensureTenant(
  api: ControlPlaneClient,
  wanted: { name: string; plan: Plan },
  known?: DemoTenant,
): Promise<DemoTenant> {
  const tenant = await findTenant(api, wanted.name, known?.id);
  const { id, name, plan } = tenant ?? (await api.call(createTenant, { body: wanted }));
  return {
    id,
    name,
    plan,
    ingestKey: await ensureCredential(api, ingestionKeys, id, known?.ingestKey),
    queryToken: await ensureCredential(api, queryTokens, id, known?.queryToken),
    admin: known?.admin ?? null,
  };
}

async function findTenant(
  api: ControlPlaneClient,
  name: string,
  knownId: string | undefined,
): Promise<Tenant | undefined> {
  if (knownId !== undefined) {
    const tenant = await unlessMissing(api.call(getTenant, { params: { tenantId: knownId } }));
    if (tenant) return tenant;
  }
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await api.call(listTenants, { query: { limit: 200, ...(cursor && { cursor }) } });
    const tenant = page.items.find((item) => item.name === name);
    if (tenant) return tenant;
    cursor = page.next;
  }
  return undefined;
}

/** The known credential if it still works, else a new one in the place of all earlier ones of the same name. */
async function ensureCredential(
  api: ControlPlaneClient,
  endpoints: typeof ingestionKeys,
  tenantId: string,
  known: string | undefined,
): Promise<string> {
  const knownKeyId = known === undefined ? undefined : parseCredential(known)?.keyId;
  if (known !== undefined && knownKeyId !== undefined) {
    const key = await unlessMissing(api.call(endpoints.get, { params: { tenantId, keyId: knownKeyId } }));
    if (key?.status === 'active') return known;
  }
  const orphans = await activeDemoKeys(api, endpoints, tenantId);
  const { secret } = await api.call(endpoints.create, { params: { tenantId }, body: { name: KEY_NAME } });
  for (const { id } of orphans) await api.call(endpoints.revoke, { params: { tenantId, keyId: id } });
  return secret;
}

async function activeDemoKeys(
  api: ControlPlaneClient,
  endpoints: typeof ingestionKeys,
  tenantId: string,
): Promise<Key[]> {
  const keys: Key[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await api.call(endpoints.list, {
      params: { tenantId },
      query: { limit: 200, ...(cursor && { cursor }) },
    });
    keys.push(...page.items);
    cursor = page.next;
  }
  return keys.filter(({ name, status }) => name === KEY_NAME && status === 'active');
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
