/** Exports of tenants that have left are kept for so long, and no longer. */
import type { Database } from '../../db/connect.ts';
import type { PeriodicJob } from '../../jobs/periodic-job.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { eraseObjects } from './erase-steps.ts';
import type { ExportStore } from './export-store.ts';

const AT_ONCE = 100;

export function expiredExports(deps: {
  db: Database;
  exports: ExportStore;
  objects: ObjectStore | null;
}): PeriodicJob {
  const { db, exports, objects } = deps;
  return {
    name: 'expired-exports',
    everyMs: 3600_000,
    async run(signal) {
      if (!objects) return;
      for (const tenantId of await db.begin('platform', (tx) => exports.expired(tx, AT_ONCE))) {
        await eraseObjects(objects.of(tenantId, signal), () => false);
        await db.begin('platform', (tx) => exports.forget(tx, tenantId));
      }
    },
  };
}
