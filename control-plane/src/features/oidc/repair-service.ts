import type { repairIdentity, ResponseOf } from '@obstack/contracts';
import { ConflictError, NotFoundError, ProblemError } from '@obstack/service-kit/problem';
import { afterCommit, type TenantContext } from '../../call/context.ts';
import type { KeycloakStore } from '../../identity/keycloak/keycloak-store.ts';
import type { Realms } from '../../identity/keycloak/realms.ts';
import { OutsideError } from '../../outside/json-client.ts';

const PATIENCE_MS = 60_000;

/** @param realms null where no Keycloak is configured */
export async function repair(
  ctx: TenantContext,
  { store, realms }: { store: KeycloakStore; realms: Realms | null },
): Promise<ResponseOf<typeof repairIdentity>> {
  if (!realms) throw new NotFoundError('No Keycloak is configured here.');
  const tenant = await store.tenant(ctx.db, ctx.tenantId);
  if (!tenant) throw new NotFoundError('There is no such tenant.');
  if (tenant.state === 'deleting') throw new ConflictError('The tenant is being removed.');
  return afterCommit(async () => {
    try {
      return { mended: await realms.mend({ tenant, signal: AbortSignal.timeout(PATIENCE_MS) }) };
    } catch (cause) {
      if (!(cause instanceof OutsideError)) throw cause;
      throw new ProblemError('bad-gateway', cause.message, { cause });
    }
  });
}
