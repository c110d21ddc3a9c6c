import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { IssuedKey, Tenant } from '@obstack/contracts';
import type { IdentityEvent } from '@obstack/contracts/internal';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';
import { type EventStream, openEventStream } from './event-stream.ts';

let postgres: TestPostgres;
/** Two copies over one database, as in production. */
let first: TestControlPlane;
let second: TestControlPlane;
let tenant: Tenant;
let streams: EventStream[] = [];
/** Backends of PostgreSQL that were stopped; the server cannot end before they go on. */
const frozen: number[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const database = await postgres.migratedDatabase();
  first = await startTestControlPlane(database);
  second = await startTestControlPlane(database, first.operator);
  tenant = await first.createTenant('Acme');
});
afterEach(() => {
  for (const stream of streams) stream.close();
  streams = [];
  for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT');
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await postgres.stop();
});

/** A stream that has had its hello. */
async function open(cp: TestControlPlane): Promise<EventStream> {
  const stream = await openEventStream(cp.url);
  streams.push(stream);
  if (stream.events.length === 0) await stream.next((event) => event.type === 'hello');
  return stream;
}

const subjectOf = ({ secret }: IssuedKey) => `credential:${sha256Hex(secret)}`;

function invalidated(stream: EventStream, subject: IssuedKey | string) {
  const expected = typeof subject === 'string' ? subject : subjectOf(subject);
  return stream.next((event) => event.type === 'invalidated' && event.subject === expected);
}

describe('credential events', () => {
  it('begin with hello, then ping every second', async () => {
    const stream = await open(first);
    expect(stream.events.map(({ type }) => type)).toEqual(['hello']);
    const isPing = (event: IdentityEvent) => event.type === 'ping';
    const { at } = await stream.next(isPing);
    const again = await stream.next(isPing);
    expect(again.at - at).toBeGreaterThan(500);
    expect(again.at - at).toBeLessThan(2000);
  });

  it('tell every proxy of every copy of a revocation in under a second', async () => {
    const listeners = await Promise.all([open(first), open(first), open(second), open(second)]);
    const delays: number[] = [];
    for (let round = 0; round < 10; round++) {
      const issued = await first.createKey(tenant.id);
      const heard = Promise.all(listeners.map((stream) => invalidated(stream, issued)));
      const start = performance.now();
      await first.request('DELETE', `/api/v1/tenants/${tenant.id}/keys/${issued.key.id}`);
      for (const { at } of await heard) delays.push(at - start);
    }
    expect(delays).toHaveLength(40);
    expect(Math.max(...delays)).toBeLessThan(1000);
  });

  it('tell of a rotation, and of nothing that did not happen', async () => {
    const stream = await open(first);
    const issued = await first.createKey(tenant.id);
    const path = `/api/v1/tenants/${tenant.id}/keys/${issued.key.id}`;
    const rotated = invalidated(stream, issued);
    await first.request('POST', `${path}/rotate`, { body: { overlapSeconds: 60 } });
    await rotated;
    // Refused, so it must not be heard of; neither must a second revocation.
    await first.request('POST', `${path}/rotate`, { body: { overlapSeconds: 60 } });
    const revoked = invalidated(stream, issued);
    await first.request('DELETE', path);
    await revoked;
    await first.request('DELETE', path);
    const last = await first.createKey(tenant.id);
    const lastHeard = invalidated(stream, last);
    await first.request('DELETE', `/api/v1/tenants/${tenant.id}/keys/${last.key.id}`);
    await lastHeard;
    expect(stream.events.map((event) => (event.type === 'invalidated' ? event.subject : event.type))).toEqual(
      ['hello', subjectOf(issued), subjectOf(issued), subjectOf(last)],
    );
  });

  it('tell of what is changed in the database by hand', async () => {
    const stream = await open(first);
    const byHand = await first.createKey(tenant.id);
    const heard = invalidated(stream, byHand);
    await runSql(first.databaseUrl, 'UPDATE credentials SET revoked_at = now() WHERE id = $1', [
      byHand.key.id,
    ]);
    await heard;

    const suspended = await first.createTenant('Suspended');
    const heardOfTenant = invalidated(stream, `tenant:${suspended.id}`);
    await runSql(first.databaseUrl, "UPDATE tenants SET state = 'suspended' WHERE id = $1", [suspended.id]);
    await heardOfTenant;
  });

  it('go on after the listening connection is lost, with a new hello', async () => {
    const stream = await open(first);
    const hello = stream.next((event) => event.type === 'hello');
    const killed = await runSql(
      first.databaseUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'obstack-listen-identity_changed' AND datname = current_database()`,
    );
    expect(killed).toHaveLength(2);
    await hello;
    const issued = await first.createKey(tenant.id);
    const heard = invalidated(stream, issued);
    await first.request('DELETE', `/api/v1/tenants/${tenant.id}/keys/${issued.key.id}`);
    await heard;
  });

  it('go on after the listening connection hangs without a word', async () => {
    const stream = await open(first);
    const hello = stream.next((event) => event.type === 'hello');
    const backends = await runSql<{ pid: number }>(
      first.databaseUrl,
      `SELECT pid FROM pg_stat_activity
       WHERE application_name = 'obstack-listen-identity_changed' AND datname = current_database()`,
    );
    expect(backends).toHaveLength(2);
    for (const { pid } of backends) {
      process.kill(pid, 'SIGSTOP');
      frozen.push(pid);
    }
    await hello;
  });

  it('end in good order when control-plane stops', async () => {
    const third = await startTestControlPlane(first.databaseUrl, first.operator);
    const stream = await open(third);
    const start = performance.now();
    await third.close();
    await stream.ended;
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
