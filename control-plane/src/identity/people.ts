/** Who somebody is who has shown a valid token, and what they may do right now. */
import { OPERATOR_PERMISSIONS, type Permission } from '@obstack/contracts';
import type { PrincipalQuestion } from '@obstack/contracts/internal';
import { z } from 'zod';
import type { Database, Executor } from '../db/connect.ts';
import type { SessionStore } from '../features/sessions/sessions-store.ts';
import type { ExternalIssuers } from './issuers.ts';
import type { PeopleStore, PersonRow } from './people-store.ts';
import { permissionsOf } from './permissions-of.ts';

export interface Person extends Omit<PersonRow, 'custom_permissions'> {
  type: 'operator' | 'user';
  permissions: Set<Permission>;
  /** Null for a token of another issuer. */
  sessionId: string | null;
}

export interface People {
  /**
   * Looked up anew at each call, so that whatever was taken away is gone at once.
   * @returns undefined when there is no such person or session, or either is not in force; the state of the tenant is
   *   left to the caller
   */
  find(question: PrincipalQuestion): Promise<Person | undefined>;
}

/** Writing down each use would make a write of every read. */
const TOUCH_AFTER_MS = 60_000;

export function createPeople(deps: {
  db: Database;
  people: PeopleStore;
  sessions: SessionStore;
  issuers: ExternalIssuers;
  /** Issuer of our own tokens. */
  ownIssuer: string;
  idleSeconds: number;
}): People {
  const { db, people, sessions, issuers, ownIssuer, idleSeconds } = deps;

  async function bySession(
    tx: Executor,
    { subject, sessionId }: PrincipalQuestion,
  ): Promise<Person | undefined> {
    // Somebody else may ask too, and any text; PostgreSQL takes nothing but a UUID for one.
    const id = z.uuid().safeParse(sessionId).data;
    const session = id && (await sessions.findInForce(tx, id));
    if (!session || subject !== (session.user_id ?? session.operator_id)) return undefined;
    if (Date.now() - session.last_used_at.getTime() > TOUCH_AFTER_MS) {
      await sessions.touch(tx, session.id, idleSeconds);
    }
    const row = session.user_id ? await people.user(tx, subject) : await people.operator(tx, subject);
    return row && personOf(row, session.id);
  }

  async function byIssuer(question: PrincipalQuestion): Promise<Person | undefined> {
    const id = await issuers.userOf(question);
    const row = id === undefined ? undefined : await db.begin('platform', (tx) => people.user(tx, id));
    return row && personOf(row, null);
  }

  return {
    async find(question) {
      const person = await (question.issuer === ownIssuer
        ? db.begin('platform', (tx) => bySession(tx, question))
        : byIssuer(question));
      return person?.is_active ? person : undefined;
    },
  };
}

function personOf({ custom_permissions, ...row }: PersonRow, sessionId: string | null): Person {
  const isUser = row.tenant !== null;
  return {
    ...row,
    type: isUser ? 'user' : 'operator',
    permissions: isUser ? permissionsOf(row.roles, custom_permissions) : new Set(OPERATOR_PERMISSIONS),
    sessionId,
  };
}
