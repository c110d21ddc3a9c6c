/** A whole control-plane over a database of its own, and a client that speaks to it as the operator. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuthToken, IssuedKey, Tenant, User } from '@obstack/contracts';
import { createLogger } from '@obstack/service-kit/logger';
import { createControlPlane } from '../src/app.ts';
import { readControlPlaneConfig } from '../src/config.ts';
import { OperatorCredential } from '../src/features/operator/operator-file.ts';

export const INTERNAL_TOKEN = 'internal-token-for-tests-0123456789abcdef';
export const ENCRYPTION_KEY = 'encryption-key-for-tests-0123456789abcdef';

/** Issuer of its tokens, and where its pages would be. */
export const PUBLIC_URL = 'http://control-plane.test';
/** Good enough for any test user. */
export const PASSWORD = 'seven purple umbrellas sing';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface RequestOptions {
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string;
  headers?: Record<string, string>;
  /** Bearer token; the operator's unless said otherwise, none when null. */
  token?: string | null;
}

export interface TestControlPlane {
  url: string;
  databaseUrl: string;
  operatorFile: string;
  operator: OperatorCredential;
  /** Every line logged so far. */
  logs: string[];
  request<Body = unknown>(method: string, path: string, options?: RequestOptions): Promise<Answer<Body>>;
  createTenant(name: string): Promise<Tenant>;
  createKey(tenantId: string, input?: object, segment?: 'keys' | 'query-tokens'): Promise<IssuedKey>;
  createUser(tenantId: string, email: string, roles?: string[]): Promise<User>;
  /** Access token of a new session; the password is {@link PASSWORD} unless said otherwise. */
  signIn(email: string, password?: string): Promise<string>;
  /** Status and body of the proxy's question who owns a credential. */
  resolve(sha256: string): Promise<Answer<unknown>>;
  close(): Promise<void>;
}

/**
 * @param knownOperator of a database that has one already; otherwise the file of the first start is read
 * @param env more of its environment
 */
export async function startTestControlPlane(
  databaseUrl: string,
  knownOperator?: TestControlPlane['operator'],
  env: Record<string, string> = {},
): Promise<TestControlPlane> {
  const dir = await mkdtemp(join(tmpdir(), 'obstack-control-plane-'));
  const operatorFile = join(dir, 'operator.json');
  const logs: string[] = [];
  const config = readControlPlaneConfig({
    CONTROL_PLANE_LISTEN: '127.0.0.1:0',
    DATABASE_URL: databaseUrl,
    INTERNAL_TOKEN,
    ENCRYPTION_KEY,
    OPERATOR_FILE: operatorFile,
    EXPORT_DIR: join(dir, 'exports'),
    PUBLIC_URL,
    ...env,
  });
  const logger = createLogger({
    name: 'control-plane',
    destination: { write: (line) => void logs.push(line) },
  });
  const { url, close } = await createControlPlane(config, { logger });
  const operator =
    knownOperator ?? OperatorCredential.parse(JSON.parse(await readFile(operatorFile, 'utf8')));

  async function request<Body>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer<Body>> {
    const { token = operator.token, body, raw } = options;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      body: raw ?? (body === undefined ? null : JSON.stringify(body)),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as Body,
    };
  }

  while ((await request('GET', '/readyz')).status !== 200) await delay(20);

  async function created<Body>(path: string, body: object): Promise<Body> {
    const answer = await request<Body>('POST', path, { body });
    if (answer.status !== 201)
      throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  return {
    url,
    databaseUrl,
    operatorFile,
    operator,
    logs,
    request,
    createTenant: (name) => created('/api/v1/tenants', { name }),
    createKey: (tenantId, input = {}, segment = 'keys') =>
      created(`/api/v1/tenants/${tenantId}/${segment}`, { name: 'a key', ...input }),
    createUser: async (tenantId, email, roles = ['viewer']) => {
      const body = { email, roles, password: PASSWORD };
      return (await created<{ user: User }>(`/api/v1/tenants/${tenantId}/users`, body)).user;
    },
    signIn: async (email, password = PASSWORD) => {
      const answer = await request<AuthToken>('POST', '/api/v1/auth/login', {
        token: null,
        body: { email, password },
      });
      if (answer.status !== 200) throw new Error(`login answered ${answer.status}`);
      return answer.body.access_token;
    },
    resolve: (sha256) =>
      request('POST', '/internal/v1/credentials/resolve', { token: INTERNAL_TOKEN, body: { sha256 } }),
    async close() {
      await close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
