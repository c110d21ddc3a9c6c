/** The admin API as Grafana's plugin proxy reaches it, answering what a test says; and its nouns, plausible. */
import { Observable } from 'rxjs';
import {
  BUILT_IN_ROLES,
  type Key,
  type Page,
  type Problem,
  type Role,
  type Step,
  type Tenant,
  type User,
  type WhoAmI,
} from '@obstack/contracts';
import { setAppEvents, setBackendSrv } from '@grafana/runtime';
import { CONTROL_PLANE_API } from '../constants';

interface Request {
  url: string;
  method?: string;
  data?: unknown;
  headers?: Record<string, string>;
  params?: Record<string, unknown>;
}

export interface AdminCall {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: any;
}

interface Refusal {
  refused: number;
  data: unknown;
}

interface Tagged {
  tagged: object;
  etag: string;
}

type Answer = object | Refusal | Tagged | null;

export class FakeControlPlane {
  readonly calls: AdminCall[] = [];
  /** What pages said in passing. */
  readonly notices: string[] = [];
  private readonly answers = new Map<string, (call: AdminCall) => Answer>();

  constructor() {
    setBackendSrv({ fetch: this.fetch, chunked: this.chunked } as never);
    setAppEvents({ publish: ({ payload }: { payload: string[] }) => this.notices.push(...payload) } as never);
  }

  /** `on('GET /tenants/1/keys', page([]))`; null is an empty answer, a later one replaces an earlier one. */
  on(what: string, answer: Answer | ((call: AdminCall) => Answer)): this {
    this.answers.set(what, typeof answer === 'function' ? (answer as (call: AdminCall) => Answer) : () => answer);
    return this;
  }

  made(what: string): AdminCall[] {
    return this.calls.filter(({ method, path }) => `${method} ${path}` === what);
  }

  private answer({ url, method = 'GET', data, headers = {}, params = {} }: Request): Answer {
    const { pathname, searchParams } = new URL(url, 'http://grafana');
    const call: AdminCall = {
      method,
      path: pathname.replace(`${CONTROL_PLANE_API}/api/v1`, ''),
      query: { ...Object.fromEntries(searchParams), ...(params as Record<string, string>) },
      headers,
      body: typeof data === 'string' ? JSON.parse(data) : data,
    };
    this.calls.push(call);
    return this.answers.get(`${call.method} ${call.path}`)?.(call) ?? null;
  }

  private readonly fetch = (request: Request) =>
    new Observable((subscriber) => {
      const answer = this.answer(request);
      if (answer && 'refused' in answer) {
        subscriber.error({ status: answer.refused, data: answer.data, config: request });
        return;
      }
      const tagged = answer && 'tagged' in answer ? answer : undefined;
      const headers = new Headers(tagged && { etag: tagged.etag });
      // As Grafana has it: parsed, or '' where there was nothing.
      const data = tagged?.tagged ?? answer ?? '';
      subscriber.next({ status: answer === null ? 204 : 200, data: structuredCloneOf(data), headers });
      subscriber.complete();
    });

  private readonly chunked = (request: Request) =>
    new Observable((subscriber) => {
      const answer = this.answer(request);
      const refusal = answer && 'refused' in answer ? answer : undefined;
      const text = JSON.stringify(refusal ? refusal.data : answer);
      subscriber.next({ ok: !refusal, status: refusal?.refused ?? 200, data: new TextEncoder().encode(text) });
      subscriber.complete();
    });
}

const structuredCloneOf = (data: unknown) => (data === '' ? '' : (JSON.parse(JSON.stringify(data)) as unknown));

/** A refusal in the API's own words. */
export const problem = (status: number, code: string, detail: string, errors: Problem['errors'] = []): Refusal => ({
  refused: status,
  data: { type: `urn:obstack:problem:${code}`, title: 'No', status, detail, requestId: 'req-1', errors },
});

/** A refusal of Grafana's, on the way there. */
export const refusal = (status: number, message: string): Refusal => ({ refused: status, data: { message } });

export const page = <T>(items: T[], next: string | null = null): Page<T> => ({ items, next });
export const withEtag = (tagged: object, etag: string): Tagged => ({ tagged, etag });

export const TENANT_ID = '0f6c2a9e-6d1c-4b6b-9a55-0a2f2c1d7e11';
const TIME = '2026-11-20T12:00:00.000Z';

/** What the roles may do. */
export const VIEWER: WhoAmI['permissions'] = [...BUILT_IN_ROLES.viewer];
export const EDITOR: WhoAmI['permissions'] = [...BUILT_IN_ROLES.editor];
export const ADMIN: WhoAmI['permissions'] = [...BUILT_IN_ROLES.admin];

export const adminOf = (patch: Partial<WhoAmI> = {}): WhoAmI => ({
  actor: { type: 'grafana', id: 'ada', name: 'ada' },
  tenantId: TENANT_ID,
  role: 'admin',
  permissions: ADMIN,
  features: ['custom-roles', 'audit-export'],
  ...patch,
});

export const operator: WhoAmI = {
  actor: { type: 'operator', id: 'e3a1d1a8-5b0e-4d5c-9f64-0e1d5a1c2b7a', name: 'root@platform' },
  tenantId: null,
  role: null,
  permissions: [...ADMIN, 'tenants:write'],
  features: [],
};

export const tenantOf = (patch: Partial<Tenant> = {}): Tenant => ({
  id: TENANT_ID,
  name: 'acme',
  plan: 'saas',
  state: 'ready',
  isActive: true,
  features: {},
  limits: {},
  namespaces: [],
  createdAt: TIME,
  updatedAt: TIME,
  ...patch,
});

export const keyOf = (patch: Partial<Key> = {}): Key => ({
  id: 'AbCdEf012345',
  tenantId: TENANT_ID,
  kind: 'ingestion-key',
  name: 'checkout',
  signals: ['logs', 'metrics', 'traces'],
  status: 'active',
  createdBy: 'grafana:ada',
  createdAt: TIME,
  expiresAt: null,
  revokedAt: null,
  rotatedTo: null,
  limits: {},
  lastUsedAt: null,
  ...patch,
});

export const userOf = (patch: Partial<User> = {}): User => ({
  id: '11111111-2222-4333-8444-555555555555',
  tenantId: TENANT_ID,
  email: 'ada@acme.example',
  roles: ['viewer'],
  isActive: true,
  hasPassword: true,
  keycloakUserId: null,
  createdAt: TIME,
  updatedAt: TIME,
  ...patch,
});

export const roleOf = (patch: Partial<Role> = {}): Role => ({
  name: 'viewer',
  description: 'Reads',
  permissions: VIEWER,
  builtIn: true,
  createdAt: null,
  updatedAt: null,
  ...patch,
});

export const stepOf = (patch: Partial<Step> = {}): Step => ({
  name: 'grafana',
  title: 'Grafana organisation',
  action: 'apply',
  state: 'done',
  attempts: 1,
  reason: null,
  nextAttemptAt: null,
  startedAt: '2026-11-20T12:00:00.000Z',
  finishedAt: '2026-11-20T12:00:01.500Z',
  ...patch,
});
