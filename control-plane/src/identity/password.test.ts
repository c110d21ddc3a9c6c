import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from './password.ts';

describe('passwords', () => {
  it('are kept as Argon2id at 19 MiB, t=2, p=1, salted anew each time', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(two).not.toBe(one);
  });

  it('are told apart', async () => {
    const phc = await hashPassword('correct horse');
    expect(await verifyPassword('correct horse', phc)).toBe(true);
    expect(await verifyPassword('Correct horse', phc)).toBe(false);
    expect(await verifyPassword('', phc)).toBe(false);
  });

  it('are the same however their characters are composed, and may be long', async () => {
    expect(await verifyPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
    const long = 'x'.repeat(256);
    expect(await verifyPassword(`${long}y`, await hashPassword(`${long}z`))).toBe(false);
  });

  it('agrees with a hash made elsewhere, at other parameters', async () => {
    // Test vector of the reference implementation (argon2, test.c, version 0x13, Argon2id, t=2, m=2^8, p=1).
    const phc = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await verifyPassword('password', phc)).toBe(true);
  });

  it('refuses a hash of another kind', async () => {
    await expect(verifyPassword('x', '$2b$10$abcdefghijklmnopqrstuv')).rejects.toThrow('not an Argon2id');
  });
});
