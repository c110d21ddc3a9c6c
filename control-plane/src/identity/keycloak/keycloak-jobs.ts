/** What workers do about Keycloak from time to time: tell it about people, and mend what somebody has changed there. */
import type { Logger } from '@obstack/service-kit/logger';
import type { Database } from '../../db/connect.ts';
import type { PeriodicJob } from '../../jobs/periodic-job.ts';
import { OutsideError } from '../../outside/json-client.ts';
import type { KeycloakStore } from './keycloak-store.ts';
import type { RealmContext, Realms } from './realms.ts';

const PEOPLE_MS = 5000;
const DRIFT_MS = 10 * 60_000;

export function keycloakJobs(deps: {
  db: Database;
  store: KeycloakStore;
  realms: Realms;
  logger: Logger;
}): PeriodicJob[] {
  const { db, store, realms, logger } = deps;

  /** One tenant's trouble is not the next one's, unless nobody answers at all. */
  async function forEach(
    ids: readonly string[],
    signal: AbortSignal,
    work: (ctx: RealmContext) => Promise<string[]>,
  ): Promise<void> {
    for (const tenantId of ids) {
      if (signal.aborted) return;
      const tenant = await db.begin({ tenantId }, (tx) => store.tenant(tx, tenantId));
      if (!tenant) continue;
      try {
        const mended = await work({ tenant, signal });
        if (mended.length > 0) logger.info({ tenantId, mended }, 'mended in Keycloak');
      } catch (err) {
        if (err instanceof OutsideError && err.status === undefined) throw err;
        logger.error({ err, tenantId }, 'cannot mend in Keycloak');
      }
    }
  }

  return [
    {
      name: 'keycloak-people',
      everyMs: PEOPLE_MS,
      run: async (signal) => {
        const ids = await db.begin('platform', (tx) => store.tenantsWithNews(tx));
        await forEach(ids, signal, (ctx) => realms.mendPeople(ctx));
      },
    },
    {
      name: 'keycloak-drift',
      everyMs: DRIFT_MS,
      run: async (signal) => {
        const ids = await db.begin('platform', (tx) => store.linkedTenants(tx));
        await forEach(ids, signal, (ctx) => realms.mend(ctx));
      },
    },
  ];
}
