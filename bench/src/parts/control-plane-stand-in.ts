// Speaks the internal contract for exactly the credentials of this run, so that the proxy under test is the real
// process, identifying for real, without a database beside it.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Limits } from '@obstack/contracts';
import { formatCredential, KEY_ID_LENGTH, SECRET_LENGTH } from '@obstack/contracts/credential-format';
import {
  IDENTITY_EVENTS_PATH,
  IDENTITY_PING_INTERVAL_MS,
  reportUsage,
  resolveCredential,
} from '@obstack/contracts/internal';
import type { Credential } from '@obstack/contracts/internal';

export const TENANT_ID = '0f5b9a52-5f0c-4a6e-9d6f-7c1f5d3f2a10';

export interface ControlPlaneStandIn {
  readonly url: string;
  readonly ingestKey: string;
  readonly queryToken: string;
  close(): void;
}

export async function startControlPlane(): Promise<ControlPlaneStandIn> {
  const ingestKey = newCredential('ingestion-key');
  const queryToken = newCredential('query-token');
  const known = new Map<string, Credential>([
    [sha256(ingestKey), describe('ingestion-key')],
    [sha256(queryToken), describe('query-token')],
  ]);
  const server = createServer((request, response) => {
    if (request.url === IDENTITY_EVENTS_PATH) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"type":"hello"}\n');
      const timer = setInterval(() => response.write('{"type":"ping"}\n'), IDENTITY_PING_INTERVAL_MS);
      response.on('close', () => clearInterval(timer));
      return;
    }
    if (request.url === reportUsage.path) return void response.writeHead(204).end();
    if (request.url !== resolveCredential.path) return void response.writeHead(404).end();
    void json(request).then((body) => {
      const credential = known.get((body as { sha256: string }).sha256);
      response.writeHead(credential ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(credential ?? {}));
    });
  });
  return { url: await listen(server), ingestKey, queryToken, close: () => close(server) };
}

// One tenant sends it all: its limits are checked as ever, and never reached.
const limits: Limits = {
  samplesPerSecond: 1e9,
  samplesBurst: 1e9,
  logBytesPerSecond: 1e12,
  logBytesBurst: 1e12,
  traceBytesPerSecond: 1e12,
  traceBytesBurst: 1e12,
  lineBytes: 1e8,
};

const describe = (kind: Credential['kind']): Credential => ({
  id: 'benchbenchbe',
  kind,
  tenantId: TENANT_ID,
  signals: ['logs', 'metrics', 'traces'],
  expiresAt: null,
  limits,
  keyLimits: {},
});

const newCredential = (kind: Credential['kind']): string =>
  formatCredential(kind, alphanumeric(KEY_ID_LENGTH), alphanumeric(SECRET_LENGTH));

const alphanumeric = (length: number): string => randomBytes(length).toString('hex').slice(0, length);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
