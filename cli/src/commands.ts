/**
 * The commands that are one call each. What they take follows from the endpoint's declaration; here is only what it does
 * not say: under which name, which columns of a list matter most, and an example.
 */
import type { PublicEndpoint } from '@obstack/contracts';

export interface EndpointCommand {
  group: string;
  verb: string;
  endpoint: PublicEndpoint['id'];
  /** Of a list, by their place in an item (`actor.name`). */
  columns?: readonly string[];
  example: string;
}

export const GROUPS: Readonly<Record<string, string>> = {
  tenants: 'Tenants, their plans, limits and state',
  users: 'The people of a tenant',
  roles: 'What a tenant’s people may do',
  keys: 'Ingestion keys: they push, and nothing else',
  'query-tokens': 'Query tokens: they read, and nothing else',
  sessions: 'Where you are signed in',
  audit: 'Who did what, and who tried to',
};

const KEY_COLUMNS = ['id', 'name', 'status', 'signals', 'createdAt', 'expiresAt', 'lastUsedAt'];
const SESSION_COLUMNS = ['id', 'method', 'ip', 'userAgent', 'lastUsedAt', 'current'];
const AUDIT_COLUMNS = ['time', 'actor.name', 'action', 'target.type', 'target.id', 'outcome', 'reason'];

export const COMMANDS: readonly EndpointCommand[] = [
  ...group('tenants', [
    ['list', 'listTenants', 'tenants list --state suspended', ['id', 'name', 'plan', 'state', 'createdAt']],
    ['get', 'getTenant', 'tenants get checkout'],
    ['create', 'createTenant', 'tenants create --name checkout --plan saas'],
    ['update', 'updateTenant', `tenants update checkout --limits '{"samplesPerSecond": 20000}'`],
    ['suspend', 'suspendTenant', 'tenants suspend checkout --reason "invoice 4711 is unpaid"'],
    ['resume', 'resumeTenant', 'tenants resume checkout'],
    ['delete', 'deleteTenant', 'tenants delete checkout --confirm checkout'],
    ['provisioning', 'getProvisioning', 'tenants provisioning checkout'],
    ['retry', 'retryProvisioning', 'tenants retry checkout'],
    ['repair-identity', 'repairIdentity', 'tenants repair-identity checkout'],
  ]),
  ...group('users', [
    ['list', 'listUsers', 'users list -t checkout', ['id', 'email', 'roles', 'isActive', 'createdAt']],
    ['get', 'getUser', 'users get 6a1e… -t checkout'],
    ['create', 'createUser', 'users create -t checkout --email ada@example.com --roles admin'],
    ['update', 'updateUser', 'users update 6a1e… -t checkout --no-is-active'],
    ['delete', 'deleteUser', 'users delete 6a1e… -t checkout'],
    ['set-password', 'createSetPasswordToken', 'users set-password 6a1e… -t checkout'],
    ['sessions', 'listUserSessions', 'users sessions 6a1e… -t checkout', SESSION_COLUMNS],
    ['end-session', 'endUserSession', 'users end-session 6a1e… 90b2… -t checkout'],
    ['end-sessions', 'endUserSessions', 'users end-sessions 6a1e… -t checkout'],
  ]),
  ...group('roles', [
    ['list', 'listRoles', 'roles list -t checkout', ['name', 'builtIn', 'description', 'permissions']],
    ['get', 'getRole', 'roles get editor -t checkout'],
    ['create', 'createRole', 'roles create -t checkout --name on-call --permissions logs:read,alerts:write'],
    ['update', 'updateRole', 'roles update on-call -t checkout --permissions logs:read'],
    ['delete', 'deleteRole', 'roles delete on-call -t checkout'],
  ]),
  ...group('keys', [
    ['list', 'listIngestionKeys', 'keys list -t checkout', KEY_COLUMNS],
    ['get', 'getIngestionKey', 'keys get AbCdEf012345 -t checkout'],
    ['create', 'createIngestionKey', 'keys create -t checkout --name agent --signals logs,traces'],
    [
      'update',
      'updateIngestionKey',
      'keys update AbCdEf012345 -t checkout --expires-at 2027-01-01T00:00:00Z',
    ],
    ['rotate', 'rotateIngestionKey', 'keys rotate AbCdEf012345 -t checkout --overlap-seconds 3600'],
    ['revoke', 'revokeIngestionKey', 'keys revoke AbCdEf012345 -t checkout'],
    ['test', 'sendTestEvent', 'keys test AbCdEf012345 -t checkout --signal logs'],
    [
      'rejections',
      'listRejections',
      'keys rejections -t checkout --signal logs',
      ['time', 'keyId', 'signal', 'reason', 'count'],
    ],
  ]),
  ...group('query-tokens', [
    ['list', 'listQueryTokens', 'query-tokens list -t checkout', KEY_COLUMNS],
    ['get', 'getQueryToken', 'query-tokens get AbCdEf012345 -t checkout'],
    ['create', 'createQueryToken', 'query-tokens create -t checkout --name grafana --signals metrics'],
    ['update', 'updateQueryToken', 'query-tokens update AbCdEf012345 -t checkout --name "grafana of team a"'],
    ['rotate', 'rotateQueryToken', 'query-tokens rotate AbCdEf012345 -t checkout --overlap-seconds 3600'],
    ['revoke', 'revokeQueryToken', 'query-tokens revoke AbCdEf012345 -t checkout'],
  ]),
  ...group('sessions', [
    ['list', 'listMySessions', 'sessions list', SESSION_COLUMNS],
    ['end', 'endMySession', 'sessions end 90b2…'],
  ]),
  ...group('audit', [
    [
      'list',
      'listAuditEvents',
      'audit list -t checkout --outcome denied --from 2026-11-01T00:00:00Z',
      AUDIT_COLUMNS,
    ],
    [
      'list-all',
      'listAllAuditEvents',
      'audit list-all --actor ada@example.com',
      ['tenantId', ...AUDIT_COLUMNS],
    ],
    ['export', 'exportAuditEvents', 'audit export -t checkout > audit.ndjson'],
  ]),
];

/** Endpoints without a command, and why. */
export const WITHOUT_COMMAND: Partial<Record<PublicEndpoint['id'], string>> = {
  getHealth: 'part of status',
  whoAmI: 'status says it of the account',
  getMe: 'part of status',
  login: 'login',
  refresh: 'login keeps itself alive',
  logout: 'logout',
  changePassword: 'password',
  setPassword: 'is for somebody who cannot sign in yet: in the browser',
  register: 'is for somebody new: in the browser',
  oidcLogin: 'in the browser',
  oidcCallback: 'in the browser',
  getJwks: 'is for services',
};

type Row = [verb: string, endpoint: PublicEndpoint['id'], example: string, columns?: readonly string[]];

function group(name: string, rows: readonly Row[]): EndpointCommand[] {
  return rows.map(([verb, endpoint, example, columns]) => ({
    group: name,
    verb,
    endpoint,
    example: `obstack ${example}`,
    ...(columns && { columns }),
  }));
}
