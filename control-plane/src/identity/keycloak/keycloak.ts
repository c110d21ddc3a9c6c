/** Puts together what we have of Keycloak. Making it connects to nothing. */
import { type ElsewhereConfig, grafanaPublicUrl } from '../../config.ts';
import type { Database } from '../../db/connect.ts';
import { createKeycloakAdmin } from './admin.ts';
import { keycloakStore } from './keycloak-store.ts';
import { createOidc, type Oidc } from './oidc.ts';
import { createRealms, type Realms } from './realms.ts';

export interface Keycloak {
  admin: ReturnType<typeof createKeycloakAdmin>;
  oidc: Oidc;
  realms: Realms;
}

/** Null unless people are to sign in through it. */
export function createKeycloak(config: ElsewhereConfig, db: Database): Keycloak | null {
  const {
    AUTH_METHOD,
    KEYCLOAK_URL: url,
    KEYCLOAK_ADMIN_CLIENT_ID: clientId,
    KEYCLOAK_ADMIN_CLIENT_SECRET: clientSecret,
    PUBLIC_URL: publicUrl,
  } = config;
  if (AUTH_METHOD !== 'keycloak' || !url || !clientId || !clientSecret || !publicUrl) return null;
  const admin = createKeycloakAdmin({ url, clientId, clientSecret });
  const oidc = createOidc(url);
  const realms = createRealms({
    db,
    admin,
    oidc,
    store: keycloakStore,
    surroundings: { publicUrl, grafanaUrl: grafanaPublicUrl(config) },
  });
  return { admin, oidc, realms };
}
