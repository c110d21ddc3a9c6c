// A real Keycloak as its own administrator sees it, past our control-plane: to look at what was made, and to spoil it.

export interface KeycloakAdmin {
  readonly url: string;
  /** The answer's body; undefined for a 404 and for an empty one. Rejects for any other answer that is not a success. */
  ask<T>(method: string, path: string, body?: object): Promise<T | undefined>;
  /** An access token of the realm `master`, which is none of ours. */
  token(): Promise<string>;
}

/** @param env of a stack that holds `keycloak` */
export function keycloakAdmin(env: Record<string, string>): KeycloakAdmin {
  const url = env['KEYCLOAK_URL'] ?? '';
  const token = async (): Promise<string> => {
    const reply = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: env['KEYCLOAK_ADMIN_CLIENT_ID'] ?? '',
        client_secret: env['KEYCLOAK_ADMIN_CLIENT_SECRET'] ?? '',
      }),
    });
    return ((await reply.json()) as { access_token: string }).access_token;
  };
  return {
    url,
    token,
    async ask<T>(method: string, path: string, body?: object) {
      const reply = await fetch(`${url}/admin/realms${path}`, {
        method,
        headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      if (reply.status === 404) return undefined;
      if (!reply.ok) throw new Error(`Keycloak answered ${method} ${path} with ${reply.status}: ${text}`);
      return text === '' ? undefined : (JSON.parse(text) as T);
    },
  };
}
