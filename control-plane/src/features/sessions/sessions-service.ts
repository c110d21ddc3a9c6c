/** One's own sessions. */
import type { Page, PageQuery, Session } from '@obstack/contracts';
import { NotFoundError } from '@obstack/service-kit/problem';
import type { AccountContext, Actor } from '../../call/context.ts';
import { ownerOf } from './sign-in.ts';
import type { SessionRow, SessionStore } from './sessions-store.ts';

export interface SessionsService {
  list(ctx: AccountContext, page: PageQuery): Promise<Page<Session>>;
  end(ctx: AccountContext, sessionId: string): Promise<void>;
}

export function createSessionsService(sessions: SessionStore): SessionsService {
  return {
    async list({ db, actor }, page) {
      const { items, next } = await sessions.list(db, ownerOf(actor), page);
      return { items: items.map((row) => presentSession(row, actor)), next };
    },

    async end({ db, actor }, sessionId) {
      if (!(await sessions.end(db, ownerOf(actor), sessionId))) {
        throw new NotFoundError('There is no such session.');
      }
    },
  };
}

/** @param actor who asks */
export function presentSession(row: SessionRow, actor: Actor): Session {
  return {
    id: row.id,
    method: row.method,
    ip: row.ip,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    current: row.id === actor.sessionId,
  };
}
