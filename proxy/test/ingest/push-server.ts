// The push routes on a real listener, with a store that answers as it is told and no control-plane: any
// `Bearer <tenant>` is that tenant. For tests of the routes.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LimitOverrides, Limits } from '@obstack/contracts';
import { createLogger } from '@obstack/service-kit/logger';
import { createListener } from '../../src/http/listener.ts';
import { refuse } from '../../src/http/refusal.ts';
import { Router } from '../../src/http/router.ts';
import { InFlight } from '../../src/ingest/in-flight.ts';
import { LocalBuckets } from '../../src/ingest/buckets.ts';
import { PushLimits } from '../../src/ingest/limits.ts';
import { ingestRoutes } from '../../src/ingest/routes.ts';
import { knownCredential } from '../../src/tenancy/credentials.ts';
import type { Identify } from '../../src/tenancy/identify.ts';
import { Usage } from '../../src/tenancy/usage.ts';
import { Upstream } from '../../src/upstream/forward.ts';

export interface StoredPush {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type StoreReply = (push: StoredPush, response: ServerResponse) => void;

export interface PushServer {
  readonly url: string;
  readonly port: number;
  /** What has reached the store. */
  readonly stored: StoredPush[];
  /** How the store answers from now on; 200 without a body at first. */
  answer(reply: StoreReply): void;
  /** Ends the store; pushes find nobody there. */
  killStore(): Promise<void>;
  /** What would be reported of keys. */
  readonly usage: Usage;
  /** Bytes of bodies that are held at this moment. */
  inFlight(): number;
  close(): Promise<void>;
}

export interface PushServerOptions {
  readonly limits?: Partial<Limits>;
  readonly keyLimits?: LimitOverrides;
  readonly requestBytes?: number;
  readonly inFlightBytes?: number;
  readonly requestTimeoutMs?: number;
}

const UNLIMITED: Limits = {
  samplesPerSecond: 1e9,
  samplesBurst: 1e9,
  logBytesPerSecond: 1e12,
  logBytesBurst: 1e12,
  traceBytesPerSecond: 1e12,
  traceBytesBurst: 1e12,
  lineBytes: 1e8,
};

export async function startPushServer(options: PushServerOptions = {}): Promise<PushServer> {
  const stored: StoredPush[] = [];
  let reply: StoreReply = (_push, response) => response.end();
  const store = createServer((request, response) => {
    void readAll(request).then((body) => {
      const push = { path: request.url ?? '', headers: request.headers, body };
      stored.push(push);
      reply(push, response);
    });
  });
  const upstream = new Upstream('the store', await listen(store), { connections: 16, timeoutMs: 2_000 });
  const usage = new Usage();
  const inFlight = new InFlight(options.inFlightBytes ?? 1e12);
  const routes = ingestRoutes({
    identify: identifyWith({ ...UNLIMITED, ...options.limits }, options.keyLimits ?? {}),
    usage,
    limits: new PushLimits(new LocalBuckets()),
    inFlight,
    requestBytes: options.requestBytes ?? 100 * 1024 * 1024,
    storageTenant: (tenantId) => tenantId,
    upstreams: { collector: upstream, prometheus: upstream },
  });
  const server = createListener({
    router: new Router(routes),
    log: createLogger({ name: 'test', level: 'silent' }),
    metrics: { observe: () => undefined, refused: () => undefined },
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  });
  const url = await listen(server);
  return {
    url,
    port: Number(new URL(url).port),
    stored,
    usage,
    answer: (next) => (reply = next),
    killStore: () => stop(store),
    inFlight: () => inFlight.bytes,
    close: async () => {
      await stop(server);
      await upstream.close();
      await stop(store);
    },
  };
}

/** `Bearer nobody` is unknown; `Bearer <tenant>-only-<signal>` may push that signal alone. */
const identifyWith = (limits: Limits, keyLimits: LimitOverrides): Identify => ({
  push: (request, signal) => {
    const tenantId = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (tenantId === undefined || tenantId === 'nobody') throw refuse.unauthenticated('no credential');
    const only = /-only-(.+)$/.exec(tenantId)?.[1];
    if (only !== undefined && only !== signal) throw refuse.forbidden(`not allowed to push ${signal}`);
    return knownCredential(tenantId, {
      id: 'test',
      kind: 'ingestion-key',
      tenantId,
      signals: [signal],
      expiresAt: null,
      limits,
      keyLimits,
    });
  },
  query: () => {
    throw refuse.unauthenticated('there is nothing to query here');
  },
  watch: () => () => undefined,
});

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
