import type { Permission } from '@obstack/contracts';
import type { Executor } from '../../db/connect.ts';

export interface RoleRow {
  tenant_id: string;
  name: string;
  description: string;
  permissions: Permission[];
  created_at: Date;
  updated_at: Date;
}

export type NewRole = Omit<RoleRow, 'created_at' | 'updated_at'>;
export type RoleChanges = Partial<Pick<RoleRow, 'description' | 'permissions'>>;

/** Roles of tenants' own making. */
export const roleStore = {
  /** Undefined when the name is taken. */
  async insert(tx: Executor, role: NewRole): Promise<RoleRow | undefined> {
    const rows = await tx<RoleRow>('custom_roles').insert(role).onConflict().ignore().returning('*');
    return rows[0];
  },

  /** All of them, oldest first. */
  list(tx: Executor, tenantId: string): Promise<RoleRow[]> {
    return tx<RoleRow>('custom_roles').where({ tenant_id: tenantId }).orderBy(['created_at', 'name']);
  },

  find(tx: Executor, tenantId: string, name: string): Promise<RoleRow | undefined> {
    return tx<RoleRow>('custom_roles').where({ tenant_id: tenantId, name }).first();
  },

  async update(tx: Executor, { tenant_id, name }: RoleRow, changes: RoleChanges): Promise<RoleRow> {
    const [updated] = await tx<RoleRow>('custom_roles')
      .where({ tenant_id, name })
      .update({ ...changes, updated_at: tx.fn.now() })
      .returning('*');
    if (!updated) throw new Error('PostgreSQL updated nothing');
    return updated;
  },

  async remove(tx: Executor, { tenant_id, name }: RoleRow): Promise<void> {
    await tx('custom_roles').where({ tenant_id, name }).delete();
  },
};

export type RoleStore = typeof roleStore;
