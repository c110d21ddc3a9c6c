/** A program: gives Keycloak a database and a role of its own on our PostgreSQL, where they are not there yet. */
import { readConfig } from '@obstack/service-kit/config';
import pg from 'pg';
import { z } from 'zod';

const schema = z.object({
  DATABASE_URL: z.url().describe('the PostgreSQL to use, with a role that may create others'),
  KEYCLOAK_DATABASE_PASSWORD: z
    .string()
    .regex(/^\w{32,}$/, 'expected 32 or more letters and digits')
    .describe("the password of Keycloak's role (openssl rand -hex 24)"),
});

const config = readConfig(schema, process.env);
const client = new pg.Client({ connectionString: config.DATABASE_URL });
await client.connect();
try {
  const has = async (sql: string) => (await client.query(sql)).rowCount === 1;
  if (!(await has("SELECT 1 FROM pg_roles WHERE rolname = 'keycloak'"))) {
    await client.query('CREATE ROLE keycloak LOGIN NOSUPERUSER');
  }
  await client.query(
    `ALTER ROLE keycloak PASSWORD ${client.escapeLiteral(config.KEYCLOAK_DATABASE_PASSWORD)}`,
  );
  if (!(await has("SELECT 1 FROM pg_database WHERE datname = 'keycloak'"))) {
    await client.query('CREATE DATABASE keycloak OWNER keycloak');
  }
} finally {
  await client.end();
}
