/** Signing out of our session ends the one of Keycloak's that stands behind it, or the next sign-in would ask nothing. */
import type { Logger } from '@obstack/service-kit/logger';
import type { Database } from '../../db/connect.ts';
import type { KeycloakStore } from './keycloak-store.ts';
import type { Keycloak } from './keycloak.ts';

/** Somebody waits for it: rather than for longer, Keycloak's session goes on until it times out. */
const PATIENCE_MS = 3000;

/** @returns ends Keycloak's session behind one of ours, if there is one; never rejects */
export function createEndKeycloakSession(deps: {
  db: Database;
  store: KeycloakStore;
  keycloak: Keycloak | null;
  logger: Logger;
}): (sessionId: string) => Promise<void> {
  const { db, store, keycloak, logger } = deps;
  return async (sessionId) => {
    if (!keycloak) return;
    try {
      const session = await db.begin('platform', (tx) => store.session(tx, sessionId));
      if (!session) return;
      await keycloak.admin(AbortSignal.timeout(PATIENCE_MS)).endSession(session.realm, session.sid);
    } catch (err) {
      logger.warn({ err }, "Keycloak's session could not be ended");
    }
  };
}
