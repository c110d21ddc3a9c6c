/** Signing in with a password, going on, and signing out. */
import {
  type AuthToken,
  hasFeature,
  login,
  logout,
  refresh,
  REFRESH_COOKIE,
  SESSION_COOKIE,
  type SetPassword,
  setPassword,
  type UserLogin,
} from '@obstack/contracts';
import type { Call } from '@obstack/service-kit/endpoint';
import { TokenError, type TokenVerifier } from '@obstack/service-kit/jwt';
import { UnauthenticatedError } from '@obstack/service-kit/problem';
import { bearerToken, sha256Hex } from '@obstack/service-kit/secrets';
import type { Database, Executor } from '../../db/connect.ts';
import { refusalOf, requireActiveTenant } from '../../identity/authenticate.ts';
import { clearSessionCookies, readCookie, requireSameOrigin } from '../../identity/cookies.ts';
import { requireGoodPassword } from '../../identity/password-policy.ts';
import { hashPassword, verifyPassword } from '../../identity/password.ts';
import type { PeopleStore, PersonRow } from '../../identity/people-store.ts';
import type { RecordCall } from '../audit/record-call.ts';
import type { AuthMethod } from '../../config.ts';
import { ownerOfRow, type SessionHolder, type SignIn } from '../sessions/sign-in.ts';
import type { SessionRow, SessionStore } from '../sessions/sessions-store.ts';
import type { UserStore } from '../users/users-store.ts';
import type { Attempts } from './attempts.ts';

export interface AuthService {
  login(call: Call, input: UserLogin): Promise<AuthToken>;
  refresh(call: Call): Promise<AuthToken>;
  logout(call: Call): Promise<void>;
  setPassword(call: Call, input: SetPassword): Promise<void>;
}

export interface AuthDeps {
  db: Database;
  people: PeopleStore;
  users: UserStore;
  sessions: SessionStore;
  signIn: SignIn;
  attempts: Attempts;
  verifier: TokenVerifier;
  record: RecordCall;
  authMethod: AuthMethod;
  publicUrl: string;
  /** Ends what stands behind a session at somebody else's; never rejects. */
  endElsewhere: (sessionId: string) => Promise<void>;
  /** Of a password nobody has: what is checked where there is no account, so that it takes as long. */
  decoyHash: string;
}

export function createAuthService(deps: AuthDeps): AuthService {
  const { db, people, users, sessions, signIn, attempts, verifier, record, publicUrl } = deps;
  const wrong =
    deps.authMethod === 'local'
      ? 'The e-mail address or the password is wrong.'
      : 'The e-mail address or the password is wrong. People sign in through Keycloak here, at GET /api/v1/auth/oidc/login; this is for operators, and for tenants whose plan lacks that.';

  /** Operators always may: when Keycloak is down, they are the ones to mend it. */
  function mayUsePassword({ tenant }: PersonRow): boolean {
    if (deps.authMethod === 'local' || !tenant) return true;
    return !hasFeature(tenant.plan, tenant.features, 'sso');
  }

  /** Of a valid token of ours. */
  async function sessionIdOf(token: string): Promise<string | null> {
    try {
      const { issuer, sessionId } = await verifier.verify(token);
      return issuer === publicUrl ? sessionId : null;
    } catch (error) {
      if (error instanceof TokenError) return null;
      throw error;
    }
  }

  function denied(tx: Executor, call: Call, person: PersonRow | undefined, reason: string): Promise<void> {
    return record(tx, login, call, {
      outcome: 'denied',
      tenantId: person?.tenant?.id ?? null,
      details: { reason, ...(person && { target: targetOf(person) }) },
    });
  }

  return {
    async login(call, { email, password }) {
      const person = await db.begin('platform', async (tx) => {
        await attempts.begin(tx, email, call.ip);
        return people.byEmail(tx, email);
      });
      const isRight = await verifyPassword(password, person?.password_hash ?? deps.decoyHash);
      if (!person?.password_hash || !isRight || !person.is_active || !mayUsePassword(person)) {
        await db.begin('platform', (tx) => denied(tx, call, person, 'wrong e-mail address or password'));
        throw new UnauthenticatedError(wrong);
      }
      const refusal = refusalOf(person);
      if (refusal) {
        await db.begin('platform', async (tx) => {
          await attempts.succeeded(tx, email, call.ip);
          await denied(tx, call, person, refusal.message);
        });
        throw refusal;
      }
      const holder = holderOf(person);
      return signIn.open(call, holder, 'password', async (tx) => {
        await attempts.succeeded(tx, email, call.ip);
        await record(tx, login, call, {
          outcome: 'success',
          actor: { ...holder, name: person.email },
          tenantId: holder.tenantId,
          details: { target: targetOf(person) },
        });
      });
    },

    async refresh(call) {
      const token = readCookie(call.headers, REFRESH_COOKIE);
      if (token === undefined) {
        throw new UnauthenticatedError('Send the refresh cookie that signing in has set, or sign in.');
      }
      requireSameOrigin(call.headers, publicUrl);
      return signIn.renew(call, token, {
        async allow(tx, session) {
          const person = await personOf(tx, session);
          if (!person?.is_active) throw new UnauthenticatedError('This account may not sign in.');
          requireActiveTenant(person);
        },
        stolen: (tx, session) =>
          record(tx, refresh, call, {
            outcome: 'denied',
            tenantId: session.tenant_id,
            details: {
              target: { type: 'session', id: session.id },
              reason: 'a refresh token came back after it had been exchanged; the session was ended',
            },
          }),
      });
    },

    async logout(call) {
      const bearer = bearerToken(call.headers.authorization);
      const refreshToken = readCookie(call.headers, REFRESH_COOKIE);
      const access = bearer ?? readCookie(call.headers, SESSION_COOKIE);
      if (bearer === undefined && (refreshToken ?? access) !== undefined) {
        requireSameOrigin(call.headers, publicUrl);
      }
      const sessionId = access === undefined ? null : await sessionIdOf(access);
      const ended = await db.begin('platform', async (tx) => {
        const session =
          sessionId === null
            ? await sessions.findByRefreshForUpdate(tx, sha256Hex(refreshToken ?? ''))
            : await sessions.findInForce(tx, sessionId);
        const person = session && (await personOf(tx, session));
        if (!session || !person) return undefined;
        await sessions.end(tx, ownerOfRow(session), session.id);
        await record(tx, logout, call, {
          outcome: 'success',
          actor: { ...holderOf(person), name: person.email },
          tenantId: session.tenant_id,
          details: { target: { type: 'session', id: session.id } },
        });
        return session.id;
      });
      clearSessionCookies(call);
      if (ended !== undefined) await deps.endElsewhere(ended);
    },

    async setPassword(call, { token, password }) {
      const sha256 = sha256Hex(token);
      const person = await db.begin('platform', async (tx) => {
        await attempts.begin(tx, null, call.ip);
        const userId = await users.findBySetPasswordToken(tx, sha256);
        return userId === undefined ? undefined : people.user(tx, userId);
      });
      if (!person?.is_active || !person.tenant) throw unknownToken();
      requireActiveTenant(person);
      requireGoodPassword(password, [person.email, person.tenant.name], 'body.password');
      const hash = await hashPassword(password);
      await db.begin('platform', async (tx) => {
        // Whoever takes it away first is the one who used it.
        if (!(await users.takeSetPasswordToken(tx, sha256))) throw unknownToken();
        await users.setPasswordHash(tx, person.id, hash);
        await sessions.endAll(tx, { user_id: person.id });
        await attempts.succeeded(tx, person.email, call.ip);
        await record(tx, setPassword, call, {
          outcome: 'success',
          actor: { ...holderOf(person), name: person.email },
          tenantId: person.tenant?.id ?? null,
          details: { target: targetOf(person) },
        });
      });
    },
  };

  function personOf(tx: Executor, { user_id, operator_id }: SessionRow): Promise<PersonRow | undefined> {
    return user_id === null ? people.operator(tx, operator_id ?? '') : people.user(tx, user_id);
  }
}

function holderOf({ id, tenant }: PersonRow): SessionHolder {
  return { type: tenant ? 'user' : 'operator', id, tenantId: tenant?.id ?? null };
}

function targetOf(person: PersonRow): { type: string; id: string } {
  const { type, id } = holderOf(person);
  return { type, id };
}

function unknownToken(): UnauthenticatedError {
  return new UnauthenticatedError('This token is not known, was used, or has expired; ask for a new one.');
}
