/** Takes in what the proxies report of the use of credentials. */
import type { UsageReport } from '@obstack/contracts/internal';
import type { Database } from '../../db/connect.ts';
import type { KeyStore } from '../keys/keys-store.ts';
import type { RejectionStore } from '../rejections/rejections-store.ts';

export interface UsageDeps {
  db: Database;
  keys: KeyStore;
  rejections: RejectionStore;
}

/** All of a report or nothing: the proxy sends what was not taken again. */
export async function takeUsage({ db, keys, rejections }: UsageDeps, report: UsageReport): Promise<void> {
  await db.begin('platform', async (tx) => {
    if (report.used.length > 0) await keys.markUsed(tx, report.used);
    if (report.rejections.length > 0) await rejections.add(tx, report.rejections);
  });
}
