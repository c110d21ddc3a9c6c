/** Passwords are kept as Argon2id (RFC 9106) at OWASP's first recommended setting: 19 MiB, t=2, p=1. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const argon2Async = promisify(argon2);

const MEMORY_KIB = 19 * 1024;
const PASSES = 2;
const LANES = 1;

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** A PHC string, which carries its own parameters: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, { salt, memory: MEMORY_KIB, passes: PASSES, lanes: LANES, length: 32 });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(hash)}`;
}

/** @throws when `phc` is not a PHC string of Argon2id */
export function parsePhc(phc: string): Omit<Cost, 'length'> & { hash: Buffer } {
  const [, memory, passes, lanes, salt, hash] = PHC.exec(phc) ?? [];
  if (!salt || !hash) throw new Error('not an Argon2id PHC string');
  return {
    salt: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    hash: Buffer.from(hash, 'base64'),
  };
}

/** @throws when `phc` is not a PHC string of Argon2id */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const { hash, ...cost } = parsePhc(phc);
  const actual = await derive(password, { ...cost, length: hash.length });
  return timingSafeEqual(actual, hash);
}

interface Cost {
  salt: Buffer;
  memory: number;
  passes: number;
  lanes: number;
  length: number;
}

function derive(password: string, { salt, memory, passes, lanes, length }: Cost): Promise<Buffer> {
  // The same text may be typed as different code points; NFKC makes them one (RFC 8265 section 4.2).
  const message = Buffer.from(password.normalize('NFKC'));
  return argon2Async('argon2id', {
    message,
    nonce: salt,
    parallelism: lanes,
    tagLength: length,
    memory,
    passes,
  });
}

/** PHC strings leave the padding off. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
