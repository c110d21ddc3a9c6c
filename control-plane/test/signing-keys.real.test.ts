/** Signing keys: made once, published before and after they sign, and unreadable in the database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@obstack/service-kit/logger';
import { connectDatabase, type Database } from '../src/db/connect.ts';
import { createSigningKeys, type SigningKeys } from '../src/identity/signing-keys.ts';
import { signingKeyStore } from '../src/identity/signing-keys-store.ts';
import { createSealer } from '../src/sealing.ts';
import { ENCRYPTION_KEY } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let databaseUrl: string;
let db: Database;
let skew: number;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.migratedDatabase();
  db = connectDatabase(databaseUrl, createLogger({ name: 'test', level: 'silent' }));
});
beforeEach(async () => {
  skew = 0;
  await runSql(databaseUrl, 'DELETE FROM signing_keys');
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const newCopy = (encryptionKey = ENCRYPTION_KEY): SigningKeys =>
  createSigningKeys({
    db,
    store: signingKeyStore,
    sealer: createSealer(encryptionKey, 'signing keys'),
    now: () => Date.now() + skew,
  });

const published = async (copy: SigningKeys) => (await copy.jwks()).keys.map(({ kid }) => kid);

/** As if that much time had gone by. */
async function wait(ms: number): Promise<void> {
  await runSql(databaseUrl, `UPDATE signing_keys SET created_at = created_at - interval '${ms} ms'`);
  // What a copy has read is a minute old at least.
  skew += 2 * MINUTE;
}

describe('signing keys', () => {
  it('are one, when many copies start at once', async () => {
    const kids = await Promise.all(Array.from({ length: 8 }, async () => (await newCopy().current()).kid));
    expect(new Set(kids).size).toBe(1);
  });

  it('follow each other: published, then signing, then no longer known', async () => {
    const [one, two] = [newCopy(), newCopy()];
    const first = (await one.current()).kid;
    expect((await two.current()).kid).toBe(first);

    await wait(91 * DAY);
    const both = await published(one);
    expect(both).toHaveLength(2);
    expect(await published(two)).toEqual(both);
    for (const copy of [one, two]) expect((await copy.current()).kid).toBe(first);

    await wait(11 * MINUTE);
    const second = both[1] ?? '';
    for (const copy of [one, two]) expect((await copy.current()).kid).toBe(second);
    expect(await published(one)).toEqual([first, second]);

    await wait(2 * DAY);
    expect(await published(one)).toEqual([second]);
    expect(await published(two)).toEqual([second]);

    await wait(91 * DAY);
    const third = (await published(one)).at(-1);
    expect(await published(two)).toEqual([second, third]);
    expect(third).not.toBe(second);
  });

  it('cannot be read from the database, and say so when the key to them is another one', async () => {
    const { privateJwk } = await newCopy().current();
    const rows = await runSql(databaseUrl, 'SELECT * FROM signing_keys');
    expect(JSON.stringify(rows)).not.toContain(privateJwk['d']);
    await expect(newCopy('another-encryption-key-0123456789abcdef').current()).rejects.toThrow(
      /^ENCRYPTION_KEY is not the one/,
    );
  });

  it('are asked for again after a failure', async () => {
    let fails = true;
    const flaky = createSigningKeys({
      db: {
        ...db,
        begin: (scope, work) => (fails ? Promise.reject(new Error('away')) : db.begin(scope, work)),
      },
      store: signingKeyStore,
      sealer: createSealer(ENCRYPTION_KEY, 'signing keys'),
    });
    await expect(flaky.jwks()).rejects.toThrow('away');
    fails = false;
    expect((await flaky.jwks()).keys).toHaveLength(1);
  });
});
