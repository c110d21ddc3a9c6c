/** Opens and renews sessions: the one place that hands out access and refresh tokens. */
import { type AuthToken, type Session } from '@obstack/contracts';
import type { Call } from '@obstack/service-kit/endpoint';
import { signAccessToken } from '@obstack/service-kit/jwt';
import { UnauthenticatedError } from '@obstack/service-kit/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { Database, Executor } from '../../db/connect.ts';
import { randomBase62 } from '../../identity/mint-credential.ts';
import { clearSessionCookies, setSessionCookies } from '../../identity/cookies.ts';
import type { SigningKeys } from '../../identity/signing-keys.ts';
import type { SessionLifetime, SessionOwner, SessionRow, SessionStore } from './sessions-store.ts';

/** Of our access tokens. */
export const AUDIENCE = 'obstack';
const ACCESS_SECONDS = 15 * 60;
/** 256 bits. */
const REFRESH_LENGTH = 43;

/** Whose session: a user of a tenant, or an operator. */
export interface SessionHolder {
  type: 'operator' | 'user';
  id: string;
  tenantId: string | null;
}

export interface SignIn {
  /**
   * Opens a session and sets its cookies.
   * @param alongside done in the same transaction, which sees all tenants; when it rejects, there is no session
   */
  open(
    call: Call,
    holder: SessionHolder,
    method: Session['method'],
    alongside: (tx: Executor, sessionId: string) => Promise<void>,
  ): Promise<AuthToken>;
  /**
   * Exchanges a refresh token, once. One that was exchanged before ends its session: it, or its successor, is in the
   * wrong hands, and nobody can tell which.
   * @param allow says whether the holder may still go on; what it throws is passed on
   * @throws UnauthenticatedError
   */
  renew(
    call: Call,
    refreshToken: string,
    hooks: {
      allow: (tx: Executor, session: SessionRow) => Promise<void>;
      stolen: (tx: Executor, session: SessionRow) => Promise<void>;
    },
  ): Promise<AuthToken>;
}

export function createSignIn(deps: {
  db: Database;
  sessions: SessionStore;
  keys: SigningKeys;
  issuer: string;
  lifetime: SessionLifetime;
}): SignIn {
  const { db, sessions, keys, issuer, lifetime } = deps;

  async function grant(call: Call, session: SessionRow, refreshToken: string): Promise<AuthToken> {
    const left = Math.floor((session.expires_at.getTime() - Date.now()) / 1000);
    const seconds = Math.max(1, Math.min(ACCESS_SECONDS, left));
    const token = await signAccessToken(await keys.current(), {
      issuer,
      audience: AUDIENCE,
      subject: subjectOf(session),
      sessionId: session.id,
      lifetimeSeconds: seconds,
    });
    setSessionCookies(call, {
      access: token,
      accessSeconds: seconds,
      refresh: refreshToken,
      refreshSeconds: Math.max(1, left),
    });
    return { access_token: token, token_type: 'bearer', expires_in: seconds };
  }

  return {
    async open(call, holder, method, alongside) {
      const refreshToken = randomBase62(REFRESH_LENGTH);
      const session = await db.begin('platform', async (tx) => {
        await sessions.removeOld(tx, ownerOf(holder));
        const row = await sessions.insert(
          tx,
          {
            tenant_id: holder.tenantId,
            user_id: holder.type === 'user' ? holder.id : null,
            operator_id: holder.type === 'operator' ? holder.id : null,
            method,
            refresh_sha256: sha256Hex(refreshToken),
            ip: call.ip || null,
            user_agent: call.headers['user-agent']?.slice(0, 512) ?? null,
          },
          lifetime,
        );
        await alongside(tx, row.id);
        return row;
      });
      return grant(call, session, refreshToken);
    },

    async renew(call, refreshToken, { allow, stolen }) {
      const sha256 = sha256Hex(refreshToken);
      const next = randomBase62(REFRESH_LENGTH);
      const session = await db.begin('platform', async (tx) => {
        const row = await sessions.findByRefreshForUpdate(tx, sha256);
        if (row) {
          await allow(tx, row);
          await sessions.rotate(tx, row, sha256Hex(next), lifetime.idleSeconds);
          return row;
        }
        // Not thrown in here: that would undo the end of the session.
        const victim = await sessions.findByUsedRefresh(tx, sha256);
        if (victim && (await sessions.end(tx, ownerOfRow(victim), victim.id))) await stolen(tx, victim);
        return undefined;
      });
      if (!session) {
        clearSessionCookies(call);
        throw new UnauthenticatedError('This session has ended; sign in again.');
      }
      return grant(call, session, next);
    },
  };
}

export function ownerOf({ type, id }: { type: 'operator' | 'user'; id: string }): SessionOwner {
  return type === 'user' ? { user_id: id } : { operator_id: id };
}

export function ownerOfRow({ user_id, operator_id }: SessionRow): SessionOwner {
  return user_id === null ? { operator_id: operator_id ?? '' } : { user_id };
}

function subjectOf({ user_id, operator_id }: SessionRow): string {
  return user_id ?? operator_id ?? '';
}
