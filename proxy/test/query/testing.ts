// For tests: the query routes on a real listener, in front of stores that record what reaches them.
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PLANS } from '@obstack/contracts';
import type { Permission } from '@obstack/contracts';
import type { Credential, GrafanaSigner, Principal } from '@obstack/contracts/internal';
import { formatCredential } from '@obstack/contracts/credential-format';
import { generateSigningKey, signAccessToken } from '@obstack/service-kit/jwt';
import { createLogger } from '@obstack/service-kit/logger';
import type { ProxyContext } from '../../src/app.ts';
import { createListener } from '../../src/http/listener.ts';
import { Router } from '../../src/http/router.ts';
import { createCredentials } from '../../src/tenancy/credentials.ts';
import { createIdentify } from '../../src/tenancy/identify.ts';
import { People } from '../../src/tenancy/people.ts';
import { ThroughGrafana } from '../../src/tenancy/through-grafana.ts';
import { Usage } from '../../src/tenancy/usage.ts';
import { Upstream } from '../../src/upstream/forward.ts';
import { EnforcedQueries } from '../../src/query/enforced-queries.ts';
import { createEnforcers } from '../../src/query/enforcers.ts';
import { lokiRoutes } from '../../src/query/loki.ts';
import { lokiTail } from '../../src/query/loki-tail.ts';
import { prometheusRoutes } from '../../src/query/prometheus.ts';
import { tempoRoutes } from '../../src/query/tempo.ts';
import { searchRoutes } from '../../src/search/routes.ts';
import { hash, randomUUID } from 'node:crypto';

export const TENANT = '0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0001';
export const OTHER_TENANT = '0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0002';

/** A credential that exists nowhere else. */
export const credentialOf = (kind: Credential['kind'], seed: string): string =>
  formatCredential(kind, seed.padEnd(12, '0').slice(0, 12), seed.padEnd(32, '0').slice(0, 32));

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly params: URLSearchParams;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface TestProxy {
  readonly url: string;
  readonly token: string;
  readonly otherToken: string;
  readonly usage: Usage;
  /** What reached the store, oldest first. */
  readonly recorded: Recorded[];
  readonly upstream: Server;
  /** How the store answers; an empty JSON object unless said otherwise. */
  answerWith(answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  /** Takes a credential away, as control-plane would. */
  revoke(token: string): void;
  /** Changes what is granted to a credential, as control-plane would. */
  regrant(token: string, change: Partial<Credential>): void;
  /** The access token of a new person. */
  signIn(person: SignIn): Promise<string>;
  /** Changes what the person of this token may do; undefined ends the session. */
  changePermissions(token: string, permissions: readonly Permission[] | undefined): void;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly method?: string;
  /** Name and value in turn, sent as they are; the tenant's token is added unless there is an authorization. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
  readonly anonymous?: boolean;
}

export interface SignIn {
  readonly permissions: readonly Permission[];
  readonly tenantId?: string;
  readonly lifetimeSeconds?: number;
  readonly issuer?: string;
}

/** The issuer whose tokens are taken. */
export const ISSUER = 'http://issuer.test';

interface TestProxyOptions {
  readonly storeUrls?: Partial<Record<'loki' | 'prometheus' | 'tempo', string>>;
  readonly credentials?: Readonly<Record<string, GrantedCredential>>;
  readonly timeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly storageTenant?: (tenantId: string) => string;
  readonly sourceTimeoutMs?: number;
  /** The Grafana whose word counts; none unless said otherwise. */
  readonly grafana?: GrafanaSigner | (() => Promise<GrafanaSigner>);
}

/** What names a service unless the environment says otherwise. */
const SERVICE_FIELDS = {
  loki: ['service_name'],
  tempo: ['service.name'],
  prometheus: ['service_name', 'app', 'job'],
  opensearch: ['service_name'],
};

type GrantedCredential = Omit<Credential, 'limits' | 'keyLimits'> & Partial<Credential>;

const ALL_SIGNALS: Credential['signals'] = ['logs', 'metrics', 'traces'];

export async function startTestProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const { grafana } = options;
  const token = credentialOf('query-token', 'mine');
  const otherToken = credentialOf('query-token', 'other');
  const grant = (tenantId: string): GrantedCredential => ({
    id: 'AbCdEfGhIjKl',
    kind: 'query-token',
    tenantId,
    signals: ALL_SIGNALS,
    expiresAt: null,
  });
  const known = new Map<string, Credential>();
  const granted = { [token]: grant(TENANT), [otherToken]: grant(OTHER_TENANT), ...options.credentials };
  for (const [text, credential] of Object.entries(granted)) {
    known.set(hash('sha256', text, 'hex'), { limits: PLANS.saas.limits, keyLimits: {}, ...credential });
  }

  const recorded: Recorded[] = [];
  let answer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  };
  const upstream = createServer((request, response) => {
    void record(request).then((entry) => {
      recorded.push(entry);
      answer(request, response);
    });
  });
  const upstreamUrl = await listen(upstream);

  const credentials = createCredentials((sha256) => Promise.resolve(known.get(sha256)));
  credentials.connected();
  const signingKey = await generateSigningKey();
  const principals = new Map<string, Principal>();
  const personOf = new Map<string, string>();
  const people = new People({
    principal: ({ subject }) => Promise.resolve(principals.get(subject)),
    issuer: (issuer) =>
      Promise.resolve(
        issuer === ISSUER
          ? { issuer, audience: 'obstack', jwks: { keys: [signingKey.publicJwk] } }
          : undefined,
      ),
  });
  people.answers.connected();
  const usage = new Usage();
  const log = createLogger({ name: 'test', level: 'silent' });
  const store = (name: 'loki' | 'prometheus' | 'tempo'): Upstream =>
    new Upstream(name, options.storeUrls?.[name] ?? upstreamUrl, {
      connections: 8,
      timeoutMs: options.timeoutMs ?? 5_000,
    });
  const upstreams = { loki: store('loki'), prometheus: store('prometheus'), tempo: store('tempo') };
  const context = {
    identify: createIdentify(
      credentials,
      people,
      new ThroughGrafana(typeof grafana === 'function' ? grafana : () => Promise.resolve(grafana)),
      usage,
    ),
    usage,
    queries: new EnforcedQueries(createEnforcers()),
    storageTenant: options.storageTenant ?? ((tenantId: string) => tenantId),
    upstreams: { ...upstreams, collector: upstreams.loki },
    log,
  } satisfies Omit<ProxyContext, 'config'>;
  const tail = lokiTail(context);
  const proxy = createListener({
    router: new Router([
      ...prometheusRoutes(context),
      ...lokiRoutes(context),
      ...tempoRoutes(context),
      ...searchRoutes(context, {
        serviceFields: SERVICE_FIELDS,
        sourceTimeoutMs: options.sourceTimeoutMs ?? 5_000,
        atOnce: 16,
      }),
    ]),
    upgrade: tail,
    log,
    metrics: { observe: () => undefined, refused: () => undefined },
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 10_000,
  });
  const url = await listen(proxy);

  return {
    url,
    token,
    otherToken,
    usage,
    recorded,
    upstream,
    answerWith: (next) => (answer = next),
    revoke: (text) => {
      const sha256 = hash('sha256', text, 'hex');
      known.delete(sha256);
      credentials.invalidated(`credential:${sha256}`);
    },
    regrant: (text, change) => {
      const sha256 = hash('sha256', text, 'hex');
      known.set(sha256, { ...(known.get(sha256) as Credential), ...change });
      credentials.invalidated(`credential:${sha256}`);
    },
    signIn: async ({ permissions, tenantId = TENANT, lifetimeSeconds = 900, issuer = ISSUER }) => {
      const id = randomUUID();
      principals.set(id, { id, tenantId, permissions: [...permissions] });
      const claims = { issuer, audience: 'obstack', subject: id, sessionId: randomUUID(), lifetimeSeconds };
      const signed = await signAccessToken(signingKey, claims);
      personOf.set(signed, id);
      return signed;
    },
    changePermissions: (signed, permissions) => {
      const id = personOf.get(signed) as string;
      if (permissions)
        principals.set(id, { ...(principals.get(id) as Principal), permissions: [...permissions] });
      else principals.delete(id);
      people.answers.invalidated(`user:${id}`);
    },
    ask: (path, asked = {}) => ask(url, token, path, asked),
    async close() {
      tail.close();
      await Promise.all(Object.values(upstreams).map((each) => each.close()));
      await Promise.all([stop(proxy), stop(upstream)]);
    },
  };
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '', 'http://store');
  return {
    method: request.method ?? '',
    path: url.pathname,
    params: new URLSearchParams(body === '' ? url.search : body),
    url: request.url ?? '',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body,
  };
}

function ask(base: string, token: string, path: string, options: AskOptions): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const sent = options.headers ?? [];
  const isNamed = sent.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  const headers = ['host', 'proxy.test', ...sent];
  if (!isNamed && !options.anonymous) headers.push('authorization', `Bearer ${token}`);
  if (options.body !== undefined && !/content-length|transfer-encoding/i.test(sent.join())) {
    headers.push('content-length', String(Buffer.byteLength(options.body)));
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      hostname,
      port,
      path,
      method: options.method ?? 'GET',
      headers,
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          text: body.toString('utf8'),
        });
      });
    });
    request.end(options.body);
  });
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
