/** Every migration, in order. One that has been released is never edited: the next one puts it right. */
import type { Knex } from 'knex';
import * as tenants from './0001-tenants.ts';
import * as credentials from './0002-credentials.ts';
import * as operators from './0003-operators.ts';

export interface NamedMigration extends Knex.Migration {
  name: string;
}

export const migrations: readonly NamedMigration[] = [
  { name: '0001-tenants', up: tenants.up, down: tenants.down },
  { name: '0002-credentials', up: credentials.up, down: credentials.down },
  { name: '0003-operators', up: operators.up, down: operators.down },
];
