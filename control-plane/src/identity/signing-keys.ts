/**
 * The keys that sign our access tokens. They live in the database, the private part encrypted, so that all copies
 * sign with the same ones, and they replace themselves: a new key is published before it signs, an old one after.
 */
import { generateSigningKey, type SigningKey } from '@obstack/service-kit/jwt';
import type { Database, Executor } from '../db/connect.ts';
import type { Sealer } from '../sealing.ts';
import type { SigningKeyRow, SigningKeyStore } from './signing-keys-store.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long one key signs. */
const LIFETIME_MS = 90 * DAY_MS;
/** Verifiers ask for a key they do not know, though not every time: they get to know it first. */
const PUBLISHED_BEFORE_MS = 10 * MINUTE_MS;
/** Longer than any token lives. */
const PUBLISHED_AFTER_MS = DAY_MS;
/** For how long a copy goes by what it last read. */
const FRESH_MS = MINUTE_MS;

export interface SigningKeys {
  /** The one to sign with. */
  current(): Promise<Pick<SigningKey, 'kid' | 'privateJwk'>>;
  /** All that a token in force may be signed with, and those about to be. */
  jwks(): Promise<{ keys: SigningKey['publicJwk'][] }>;
}

export function createSigningKeys(deps: {
  db: Database;
  store: SigningKeyStore;
  sealer: Sealer;
  /** Milliseconds since 1970; rows get their times from the database all the same. */
  now?: () => number;
}): SigningKeys {
  const { db, store, sealer, now = Date.now } = deps;
  let known: { rows: Promise<SigningKeyRow[]>; readAt: number } | undefined;

  function rows(): Promise<SigningKeyRow[]> {
    if (known && now() - known.readAt < FRESH_MS) return known.rows;
    const reading = { rows: db.begin('platform', readAndReplace), readAt: now() };
    known = reading;
    // A failure is not an answer to keep.
    reading.rows.catch(() => {
      if (known === reading) known = undefined;
    });
    return reading.rows;
  }

  async function readAndReplace(tx: Executor): Promise<SigningKeyRow[]> {
    const found = await store.list(tx);
    if (!needsNewKey(found, now()) && outdated(found, now()).length === 0) return found;
    await store.lock(tx);
    // Another copy may have been first.
    const locked = await store.list(tx);
    if (needsNewKey(locked, now())) {
      const key = await generateSigningKey();
      await store.insert(tx, {
        kid: key.kid,
        public_jwk: key.publicJwk,
        sealed_private_jwk: sealer.seal(JSON.stringify(key.privateJwk)),
      });
    }
    await store.remove(tx, outdated(locked, now()));
    return store.list(tx);
  }

  function open({ kid, sealed_private_jwk }: SigningKeyRow): Pick<SigningKey, 'kid' | 'privateJwk'> {
    try {
      return { kid, privateJwk: JSON.parse(sealer.open(sealed_private_jwk)) as SigningKey['privateJwk'] };
    } catch (cause) {
      throw new Error(
        'ENCRYPTION_KEY is not the one that the signing keys in this database were encrypted with. Set that one, or delete the rows of signing_keys, which signs everybody out.',
        { cause },
      );
    }
  }

  return {
    current: async () => open(signerAmong(await rows(), now())),
    jwks: async () => ({ keys: (await rows()).map(({ public_jwk }) => public_jwk) }),
  };
}

function needsNewKey(rows: readonly SigningKeyRow[], nowMs: number): boolean {
  const newest = rows.at(-1);
  return !newest || nowMs - newest.created_at.getTime() > LIFETIME_MS;
}

/** The newest that has been published for long enough; the first one ever has no time to wait. */
function signerAmong(rows: readonly SigningKeyRow[], nowMs: number): SigningKeyRow {
  const ripe = rows.filter(({ created_at }) => nowMs - created_at.getTime() >= PUBLISHED_BEFORE_MS);
  const signer = ripe.at(-1) ?? rows[0];
  if (!signer) throw new Error('there is no signing key');
  return signer;
}

/** Those whose successor has signed for so long that no token of theirs is in force. */
function outdated(rows: readonly SigningKeyRow[], nowMs: number): string[] {
  return rows
    .filter((_row, at) => {
      const successor = rows[at + 1];
      return successor && nowMs - successor.created_at.getTime() > PUBLISHED_BEFORE_MS + PUBLISHED_AFTER_MS;
    })
    .map(({ kid }) => kid);
}
