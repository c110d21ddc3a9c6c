/** For tests: signs `X-Grafana-Id` as Grafana 12.3 does, and whatever else one may try. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GrafanaSigner } from '@obstack/contracts/internal';

export interface Somebody {
  orgId: number;
  role?: 'Viewer' | 'Editor' | 'Admin' | 'None';
  login?: string;
}

export interface Forgery {
  /** Over what Grafana would say; undefined leaves a claim out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** Signed with another key, under the name of the right one. */
  key?: KeyObject;
  nowMs?: number;
}

export interface FakeGrafanaSigner extends GrafanaSigner {
  /** A token about this user, right in everything but what is given. */
  token(somebody: Somebody, forgery?: Forgery): string;
  /** Another key takes over. */
  rotate(): void;
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** @param issuer as `http://127.0.0.1:3000/` */
export function fakeGrafanaSigner(issuer: string): FakeGrafanaSigner {
  let pair = newKey();
  let month = 1;
  const kid = () => `id-2030-${String(month).padStart(2, '0')}-es256`;
  const jwk = () => ({
    ...pair.publicKey.export({ format: 'jwk' }),
    kty: 'EC',
    kid: kid(),
    alg: 'ES256',
    use: 'sig',
  });
  const jwks = { keys: [jwk()] };
  return {
    issuer,
    jwks,
    rotate() {
      pair = newKey();
      month += 1;
      jwks.keys.push(jwk());
    },
    token({ orgId, role = 'Viewer', login = 'ada' }, { claims, header, key, nowMs = Date.now() } = {}) {
      const now = Math.floor(nowMs / 1000);
      const said = {
        iss: issuer,
        aud: [`org:${orgId}`],
        sub: 'user:7',
        iat: now,
        exp: now + 600,
        namespace: orgId === 1 ? 'default' : `org-${orgId}`,
        identifier: 'df1x2y3',
        type: 'user',
        authenticatedBy: 'password',
        username: login,
        email: `${login}@example.com`,
        email_verified: true,
        name: login,
        role,
        ...claims,
      };
      const signed = `${base64url({ alg: 'ES256', kid: kid(), typ: 'jwt', ...header })}.${base64url(said)}`;
      if (header?.['alg'] === 'none') return `${signed}.`;
      const signature = sign('sha256', Buffer.from(signed), {
        key: key ?? pair.privateKey,
        dsaEncoding: 'ieee-p1363',
      });
      return `${signed}.${signature.toString('base64url')}`;
    },
  };
}

/** The same at its wire: `GET /api/signing-keys/keys`, and nothing else. */
export async function startFakeGrafanaSigner(): Promise<
  FakeGrafanaSigner & { url: string; asked: () => number; close: () => Promise<void> }
> {
  let asked = 0;
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signer = fakeGrafanaSigner(`${url}/`);
  server.on('request', ({ method, url: path }: IncomingMessage, response: ServerResponse) => {
    asked += 1;
    const isKeys = method === 'GET' && path === '/api/signing-keys/keys';
    response.writeHead(isKeys ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKeys ? signer.jwks : { message: 'Not found' }));
  });
  return Object.assign(signer, {
    url,
    asked: () => asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}
