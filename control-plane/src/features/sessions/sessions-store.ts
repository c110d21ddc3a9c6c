import type { Page, PageQuery, Session } from '@obstack/contracts';
import { z } from 'zod';
import type { Executor } from '../../db/connect.ts';
import { readPage } from '../../db/pages.ts';

export interface SessionRow {
  id: string;
  tenant_id: string | null;
  user_id: string | null;
  operator_id: string | null;
  method: Session['method'];
  refresh_sha256: string;
  ip: string | null;
  user_agent: string | null;
  created_at: Date;
  last_used_at: Date;
  idle_until: Date;
  expires_at: Date;
  ended_at: Date | null;
}

export type NewSession = Pick<
  SessionRow,
  'tenant_id' | 'user_id' | 'operator_id' | 'method' | 'refresh_sha256' | 'ip' | 'user_agent'
>;

/** Whose sessions: a user's or an operator's. */
export type SessionOwner = { user_id: string } | { operator_id: string };

/** How long a session lives, in seconds: unused, and in all. */
export interface SessionLifetime {
  idleSeconds: number;
  maxSeconds: number;
}

const IN_FORCE = 'ended_at IS NULL AND expires_at > now() AND idle_until > now()';
const IN_SECONDS = 'now() + make_interval(secs => ?)';

export const sessionStore = {
  async insert(tx: Executor, row: NewSession, lifetime: SessionLifetime): Promise<SessionRow> {
    const [inserted] = await tx<SessionRow>('sessions')
      .insert({
        ...row,
        idle_until: tx.raw(IN_SECONDS, [lifetime.idleSeconds]),
        expires_at: tx.raw(IN_SECONDS, [lifetime.maxSeconds]),
      })
      .returning('*');
    if (!inserted) throw new Error('PostgreSQL inserted nothing');
    return inserted;
  },

  findInForce(tx: Executor, id: string): Promise<SessionRow | undefined> {
    return tx<SessionRow>('sessions').where({ id }).whereRaw(IN_FORCE).first();
  },

  /** Finds the one whose refresh token has this hash, and holds the row until the transaction is over. */
  findByRefreshForUpdate(tx: Executor, sha256: string): Promise<SessionRow | undefined> {
    return tx<SessionRow>('sessions')
      .where({ refresh_sha256: sha256 })
      .whereRaw(IN_FORCE)
      .forUpdate()
      .first();
  },

  /** The session whose refresh token this once was. */
  findByUsedRefresh(tx: Executor, sha256: string): Promise<SessionRow | undefined> {
    return tx('sessions')
      .join('used_refresh_tokens', 'used_refresh_tokens.session_id', 'sessions.id')
      .where('used_refresh_tokens.sha256', sha256)
      .first<SessionRow | undefined>('sessions.*');
  },

  async rotate(tx: Executor, session: SessionRow, sha256: string, idleSeconds: number): Promise<void> {
    await tx('used_refresh_tokens').insert({ sha256: session.refresh_sha256, session_id: session.id });
    await tx('sessions')
      .where({ id: session.id })
      .update({
        refresh_sha256: sha256,
        last_used_at: tx.fn.now(),
        idle_until: tx.raw(IN_SECONDS, [idleSeconds]),
      });
  },

  /** Puts off the end for want of use. */
  async touch(tx: Executor, id: string, idleSeconds: number): Promise<void> {
    await tx('sessions')
      .where({ id })
      .update({ last_used_at: tx.fn.now(), idle_until: tx.raw(IN_SECONDS, [idleSeconds]) });
  },

  list(tx: Executor, owner: SessionOwner, page: PageQuery): Promise<Page<SessionRow>> {
    return readPage(tx('sessions').where(owner).whereRaw(IN_FORCE), z.uuid(), page);
  },

  /** @returns whether there was one in force */
  async end(tx: Executor, owner: SessionOwner, id: string): Promise<boolean> {
    const ended = await tx('sessions')
      .where({ ...owner, id })
      .whereRaw(IN_FORCE)
      .update({ ended_at: tx.fn.now() });
    return ended > 0;
  },

  /** Ends all of somebody's but one. */
  async endAll(tx: Executor, owner: SessionOwner, but: string | null = null): Promise<void> {
    const sessions = tx('sessions').where({ ...owner, ended_at: null });
    if (but !== null) void sessions.whereNot({ id: but });
    await sessions.update({ ended_at: tx.fn.now() });
  },

  /** Of everybody in it: the tenant leaves. */
  async endAllOfTenant(tx: Executor, tenantId: string): Promise<void> {
    await tx('sessions').where({ tenant_id: tenantId, ended_at: null }).update({ ended_at: tx.fn.now() });
  },

  /** Forgets those that ended a day ago: until then a refresh token that comes back is recognised. */
  async removeOld(tx: Executor, owner: SessionOwner): Promise<void> {
    await tx('sessions')
      .where(owner)
      .whereRaw("LEAST(ended_at, expires_at, idle_until) < now() - interval '1 day'")
      .delete();
  },
};

export type SessionStore = typeof sessionStore;
