import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { startTestPostgres, type TestPostgres } from './database.ts';
import { openEventStream } from './event-stream.ts';

let postgres: TestPostgres;
let cp: TestControlPlane;

beforeAll(async () => {
  postgres = await startTestPostgres();
  cp = await startTestControlPlane(await postgres.migratedDatabase());
});
afterAll(async () => {
  await cp.close();
  await postgres.stop();
});

describe('without its database, control-plane', () => {
  it('says so at once, and is back by itself', async () => {
    const tenant = await cp.createTenant('Acme');
    const { secret } = await cp.createKey(tenant.id);
    const stream = await openEventStream(cp.url);
    await postgres.kill();

    const answers = await Promise.all([
      cp.request('GET', '/api/v1/tenants'),
      cp.request('GET', '/readyz'),
      cp.resolve(sha256Hex(secret)),
    ]);
    for (const { status, headers, body } of answers) {
      expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, retryAfter: '1' });
      expect(JSON.stringify(body)).not.toMatch(/postgres|ECONN|terminated/i);
    }
    expect(await cp.request('GET', '/api/v1/health')).toMatchObject({ status: 200 });
    expect(await cp.request('GET', '/healthz')).toMatchObject({ status: 200 });

    const hello = stream.next((event) => event.type === 'hello');
    await postgres.start();
    await hello;
    stream.close();
    while ((await cp.request('GET', '/readyz')).status !== 200) await delay(20);
    expect(await cp.resolve(sha256Hex(secret))).toMatchObject({ status: 200, body: { tenantId: tenant.id } });
  });
});
