import type { Page, PageQuery } from '@obstack/contracts';
import { z } from 'zod';
import type { Executor } from '../../db/connect.ts';
import { readPage } from '../../db/pages.ts';

export interface UserRow {
  id: string;
  tenant_id: string;
  keycloak_user_id: string | null;
  email: string;
  hashed_password: string | null;
  roles: string[];
  is_active: boolean;
  created_at: Date;
  updated_at: Date;
}

export type NewUser = Pick<UserRow, 'tenant_id' | 'email' | 'roles'> & { hashed_password?: string | null };
export type UserChanges = Partial<Pick<UserRow, 'roles' | 'is_active' | 'keycloak_user_id'>>;

interface SetPasswordTokenRow {
  user_id: string;
  tenant_id: string;
  sha256: string;
  expires_at: Date;
}

export const userStore = {
  /** Undefined when the address is taken, in whichever tenant. */
  async insert(tx: Executor, user: NewUser): Promise<UserRow | undefined> {
    const rows = await tx<UserRow>('users').insert(user).onConflict().ignore().returning('*');
    return rows[0];
  },

  list(tx: Executor, tenantId: string, page: PageQuery): Promise<Page<UserRow>> {
    return readPage(tx('users').where({ tenant_id: tenantId }), z.uuid(), page);
  },

  find(tx: Executor, tenantId: string, id: string): Promise<UserRow | undefined> {
    return tx<UserRow>('users').where({ tenant_id: tenantId, id }).first();
  },

  async update(tx: Executor, id: string, changes: UserChanges): Promise<UserRow> {
    const [updated] = await tx<UserRow>('users')
      .where({ id })
      .update({ ...changes, updated_at: tx.fn.now() })
      .returning('*');
    if (!updated) throw new Error('PostgreSQL updated nothing');
    return updated;
  },

  async setPasswordHash(tx: Executor, id: string, hash: string): Promise<void> {
    await tx('users').where({ id }).update({ hashed_password: hash, updated_at: tx.fn.now() });
  },

  async remove(tx: Executor, id: string): Promise<void> {
    await tx('users').where({ id }).delete();
  },

  /** Active ones with this role, `but` left out. */
  async existsWithRole(tx: Executor, tenantId: string, role: string, but: string | null): Promise<boolean> {
    const query = tx('users')
      .where({ tenant_id: tenantId, is_active: true })
      .whereRaw('? = ANY (roles)', [role]);
    if (but !== null) void query.whereNot({ id: but });
    return (await query.first('id')) !== undefined;
  },

  /** How many have it, active or not. */
  async countWithRole(tx: Executor, tenantId: string, role: string): Promise<number> {
    const rows = await tx('users')
      .where({ tenant_id: tenantId })
      .whereRaw('? = ANY (roles)', [role])
      .count<{ count: string }[]>('id');
    return Number(rows[0]?.count);
  },

  /** In place of the one before. @returns when it expires */
  async putSetPasswordToken(
    tx: Executor,
    user: Pick<UserRow, 'id' | 'tenant_id'>,
    sha256: string,
    seconds: number,
  ): Promise<Date> {
    const [row] = await tx<SetPasswordTokenRow>('set_password_tokens')
      .insert({
        user_id: user.id,
        tenant_id: user.tenant_id,
        sha256,
        expires_at: tx.raw('now() + make_interval(secs => ?)', [seconds]),
      })
      .onConflict('user_id')
      .merge(['sha256', 'expires_at'])
      .returning('expires_at');
    if (!row) throw new Error('PostgreSQL inserted nothing');
    return row.expires_at;
  },

  /** @returns the id of the user whose token has this hash, expired or not */
  async findBySetPasswordToken(tx: Executor, sha256: string): Promise<string | undefined> {
    const row = await tx<SetPasswordTokenRow>('set_password_tokens').where({ sha256 }).first('user_id');
    return row?.user_id;
  },

  /** Uses it up; false when somebody else has, or it has expired. */
  async takeSetPasswordToken(tx: Executor, sha256: string): Promise<boolean> {
    const taken = await tx('set_password_tokens').where({ sha256 }).whereRaw('expires_at > now()').delete();
    return taken > 0;
  },
};

export type UserStore = typeof userStore;
