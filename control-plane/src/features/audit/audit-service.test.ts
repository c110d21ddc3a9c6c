import { describe, expect, it } from '@jest/globals';
import type { AfterCommit, TenantContext } from '../../call/context.ts';
import { createAuditService } from './audit-service.ts';
import type { AuditRow, AuditStore } from './audit-store.ts';

describe('the export of the audit log', () => {
  it('holds no transaction while its reader takes a rest', async () => {
    const pagesWanted = 3;
    let open = 0;
    let pages = 0;
    const ctx = {
      tenantId: 'tenant',
      audited: () => undefined,
      begin: async (work: (tx: unknown) => Promise<unknown>) => {
        open++;
        const result = await work({});
        open--;
        return result;
      },
    } as unknown as TenantContext;
    const store = {
      list: (_tx: unknown, filter: object) => {
        expect([open, filter]).toEqual([1, { tenantId: 'tenant', outcome: 'denied' }]);
        const row = { id: `${pages}`, created_at: new Date(0) } as AuditRow;
        return Promise.resolve({ items: [row, row], next: ++pages < pagesWanted ? 'more' : null });
      },
    } as unknown as AuditStore;

    const answer = createAuditService(store).export(ctx, { outcome: 'denied' }) as unknown;
    const events = await (answer as AfterCommit<AsyncIterable<{ id: string }>>).work();
    const seen: string[] = [];
    for await (const { id } of events) {
      expect(open).toBe(0);
      seen.push(id);
    }
    expect(seen).toEqual(['0', '0', '1', '1', '2', '2']);
  });
});
