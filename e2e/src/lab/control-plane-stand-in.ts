// Speaks control-plane's internal contract for suites that are not about control-plane: knows the credentials it
// was told of, and can revoke them.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PLANS } from '@obstack/contracts';
import {
  IDENTITY_EVENTS_PATH,
  IDENTITY_PING_INTERVAL_MS,
  reportUsage,
  resolveCredential,
} from '@obstack/contracts/internal';
import type { Credential, IdentityEvent } from '@obstack/contracts/internal';
import { sha256Hex } from '@obstack/service-kit/secrets';

export interface StandIn {
  readonly url: string;
  readonly internalToken: string;
  /** Makes a credential known; what is not given is: all signals, no expiry, an enterprise's limits. */
  know(secret: string, credential: Pick<Credential, 'kind' | 'tenantId'> & Partial<Credential>): void;
  revoke(secret: string): void;
  close(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const internalToken = 'lab-internal-token-of-forty-characters-x';
  const known = new Map<string, Credential>();
  const followers = new Set<ServerResponse>();
  const tell = (event: IdentityEvent): void => {
    for (const follower of followers) follower.write(`${JSON.stringify(event)}\n`);
  };
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${internalToken}`) return response.writeHead(401).end();
    if (request.url === IDENTITY_EVENTS_PATH) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"type":"hello"}\n');
      followers.add(response.on('close', () => followers.delete(response)));
      return;
    }
    if (request.url === reportUsage.path) return response.writeHead(204).end();
    if (request.url !== resolveCredential.path) return response.writeHead(404).end();
    void request.toArray().then((chunks) => {
      const { sha256 } = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as { sha256: string };
      const credential = known.get(sha256);
      response.writeHead(credential ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(credential ?? {}));
    });
  });
  const ping = setInterval(() => tell({ type: 'ping' }), IDENTITY_PING_INTERVAL_MS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    internalToken,
    know(secret, credential) {
      known.set(sha256Hex(secret), {
        id: secret.slice(4, 16),
        signals: ['logs', 'metrics', 'traces'],
        expiresAt: null,
        limits: PLANS.enterprise.limits,
        keyLimits: {},
        ...credential,
      });
    },
    revoke(secret) {
      known.delete(sha256Hex(secret));
      tell({ type: 'invalidated', subject: `credential:${sha256Hex(secret)}` });
    },
    async close() {
      clearInterval(ping);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
