/** Before anything of a leaving tenant is removed, its own data is written down where it can be fetched. */
import type { ObjectStore, TenantObjects } from '../../objects/object-store.ts';
import type { ProvisioningStep, StepContext } from '../step.ts';
import type { ExportedTable, ExportRow, ExportStore } from './export-store.ts';
import { OFFBOARDING } from './outline.ts';

export const EXPORT_FOLDER = 'export/';

/** Under which name each table goes, and in which order. */
const TABLES: readonly [name: string, table: ExportedTable][] = [
  ['users', 'users'],
  ['roles', 'custom_roles'],
  ['keys', 'credentials'],
  ['audit-events', 'audit_events'],
];

const ROWS_AT_ONCE = 500;
/** One object holds this many rows at most, so that none has to be held in memory or sent again as a whole. */
const ROWS_PER_OBJECT = 5000;

/** @param objects null where there is neither S3 nor a folder */
export function createExportStep(deps: {
  objects: ObjectStore | null;
  store: ExportStore;
}): ProvisioningStep {
  const { objects, store } = deps;

  /** NDJSON under names that follow from the data: running again writes the same objects again. */
  async function writeTable(
    ctx: StepContext,
    target: TenantObjects,
    [name, table]: (typeof TABLES)[number],
  ): Promise<number> {
    let last: ExportRow | undefined;
    let total = 0;
    for (let part = 1; ; part += 1) {
      const lines: string[] = [];
      let rows: ExportRow[];
      do {
        rows = await ctx.begin((tx) => store.rows(tx, table, ctx.tenant.id, last, ROWS_AT_ONCE));
        lines.push(...rows.map((row) => `${JSON.stringify(row)}\n`));
        last = rows.at(-1) ?? last;
      } while (rows.length === ROWS_AT_ONCE && lines.length < ROWS_PER_OBJECT);
      total += lines.length;
      if (lines.length > 0 || part === 1) {
        const number = part === 1 ? '' : `-${part}`;
        await target.put(`${EXPORT_FOLDER}${name}${number}.ndjson`, lines.join(''), 'application/x-ndjson');
      }
      if (rows.length < ROWS_AT_ONCE) return total;
    }
  }

  return {
    ...OFFBOARDING.first,
    skipped: () => null,
    apply: () => Promise.reject(new Error('a tenant that stays is not exported')),

    async remove(ctx) {
      if (!objects) {
        throw new Error('There is no place for the export: configure S3_ENDPOINT, or EXPORT_DIR.');
      }
      const { tenant } = ctx;
      const target = objects.of(tenant.id, ctx.signal);
      await target.put(
        `${EXPORT_FOLDER}tenant.ndjson`,
        `${JSON.stringify(tenant)}\n`,
        'application/x-ndjson',
      );
      const rows: Record<string, number> = { tenant: 1 };
      for (const source of TABLES) rows[source[0]] = await writeTable(ctx, target, source);
      // Last: where it is, the rest is whole.
      const manifest = JSON.stringify({ tenantId: tenant.id, name: tenant.name, rows });
      await target.put(`${EXPORT_FOLDER}manifest.json`, `${manifest}\n`, 'application/json');
    },
  };
}
