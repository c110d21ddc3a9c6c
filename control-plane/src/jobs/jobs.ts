/** Every periodic job there is; workers run them. */
import { idempotencyStore } from '../call/idempotency-store.ts';
import type { WorkerConfig } from '../config.ts';
import type { Logger } from '@obstack/service-kit/logger';
import type { Database } from '../db/connect.ts';
import { createKeycloak } from '../identity/keycloak/keycloak.ts';
import { keycloakJobs } from '../identity/keycloak/keycloak-jobs.ts';
import { keycloakStore } from '../identity/keycloak/keycloak-store.ts';
import { expiredExports } from '../provisioning/offboarding/expired-exports.ts';
import { exportStore } from '../provisioning/offboarding/export-store.ts';
import { exportPlace } from '../provisioning/steps.ts';
import { keyStore } from '../features/keys/keys-store.ts';
import { rejectionStore } from '../features/rejections/rejections-store.ts';
import type { PeriodicJob } from './periodic-job.ts';

const HOUR_MS = 3600_000;

export function periodicJobs(db: Database, config: WorkerConfig, logger: Logger): PeriodicJob[] {
  const keycloak = createKeycloak(config, db);
  return [
    {
      name: 'idempotency-keys',
      everyMs: HOUR_MS,
      run: async () => {
        await db.begin('platform', (tx) => idempotencyStore.deleteExpired(tx));
      },
    },
    {
      name: 'rejections',
      everyMs: HOUR_MS,
      run: async (signal) => {
        let removed = 1;
        while (removed > 0 && !signal.aborted)
          removed = await db.begin('platform', (tx) => rejectionStore.removeOld(tx));
      },
    },
    {
      name: 'test-event-keys',
      everyMs: HOUR_MS,
      run: async () => {
        await db.begin('platform', (tx) => keyStore.removeStandIns(tx));
      },
    },
    ...(keycloak ? keycloakJobs({ ...keycloak, db, store: keycloakStore, logger }) : []),
    expiredExports({ db, exports: exportStore, objects: exportPlace(config) }),
  ];
}
