/** Every migration, in order. One that has been released is never edited: the next one puts it right. */
import type { Knex } from 'knex';
import * as tenants from './0001-tenants.ts';
import * as credentials from './0002-credentials.ts';
import * as operators from './0003-operators.ts';
import * as rowLevelSecurity from './0004-row-level-security.ts';
import * as audit from './0005-audit.ts';
import * as idempotency from './0006-idempotency.ts';
import * as tenantTerms from './0007-tenant-terms.ts';
import * as users from './0010-users.ts';
import * as sessions from './0011-sessions.ts';
import * as keycloak from './0020-keycloak.ts';
import * as keyTerms from './0030-key-terms.ts';
import * as rejections from './0031-rejections.ts';
import * as auditAlways from './0050-audit.ts';
import * as fastLists from './0051-fast-lists.ts';
import * as provisioning from './0040-provisioning.ts';
import * as grafanaIdentity from './0060-grafana-identity.ts';
import * as stepEditions from './0061-step-editions.ts';

export interface NamedMigration extends Knex.Migration {
  name: string;
}

export const migrations: readonly NamedMigration[] = [
  { name: '0001-tenants', up: tenants.up, down: tenants.down },
  { name: '0002-credentials', up: credentials.up, down: credentials.down },
  { name: '0003-operators', up: operators.up, down: operators.down },
  { name: '0004-row-level-security', up: rowLevelSecurity.up, down: rowLevelSecurity.down },
  { name: '0005-audit', up: audit.up, down: audit.down },
  { name: '0006-idempotency', up: idempotency.up, down: idempotency.down },
  { name: '0007-tenant-terms', up: tenantTerms.up, down: tenantTerms.down },
  { name: '0010-users', up: users.up, down: users.down },
  { name: '0011-sessions', up: sessions.up, down: sessions.down },
  { name: '0020-keycloak', up: keycloak.up, down: keycloak.down },
  { name: '0030-key-terms', up: keyTerms.up, down: keyTerms.down },
  { name: '0031-rejections', up: rejections.up, down: rejections.down },
  { name: '0040-provisioning', up: provisioning.up, down: provisioning.down },
  { name: '0050-audit', up: auditAlways.up, down: auditAlways.down },
  { name: '0051-fast-lists', up: fastLists.up, down: fastLists.down },
  { name: '0060-grafana-identity', up: grafanaIdentity.up, down: grafanaIdentity.down },
  { name: '0061-step-editions', up: stepEditions.up, down: stepEditions.down },
];
