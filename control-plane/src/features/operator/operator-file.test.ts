import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintCredential } from '../../identity/mint-credential.ts';
import { readOperatorFile, writeOperatorFile } from './operator-file.ts';

const credential = {
  email: 'operator@obstack.local',
  password: 'a password of the operator',
  token: mintCredential('operator-token').text,
};
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'obstack-operator-'));
});
afterAll(() => rm(dir, { recursive: true }));

describe('the operator file', () => {
  it('is readable by its owner only, and holds what was written', async () => {
    const path = join(dir, 'new/folder/operator.json');
    await writeOperatorFile(path, credential);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'new/folder'))).mode & 0o777).toBe(0o700);
    expect(await readOperatorFile(path)).toEqual(credential);
  });

  it('is never overwritten', async () => {
    const path = join(dir, 'kept.json');
    await writeFile(path, 'mine', { mode: 0o600 });
    await expect(writeOperatorFile(path, credential)).rejects.toThrow('EEXIST');
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('may be missing', async () => {
    expect(await readOperatorFile(join(dir, 'none.json'))).toBeUndefined();
  });

  it('is refused when others can read it', async () => {
    const path = join(dir, 'open.json');
    await writeOperatorFile(path, credential);
    await chmod(path, 0o640);
    await expect(readOperatorFile(path)).rejects.toThrow(`chmod 600 ${path}`);
  });

  it.each([
    ['not JSON', `secret ${credential.password}`],
    ['a weak password', JSON.stringify({ ...credential, password: 'short' })],
    ['a token with a typo', JSON.stringify({ ...credential, token: credential.token.replace(/.$/, '-') })],
    [
      'a key in place of the token',
      JSON.stringify({ ...credential, token: mintCredential('ingestion-key').text }),
    ],
  ])('is refused when it holds %s, without quoting it', async (name, text) => {
    const path = join(dir, `${name}.json`);
    await writeFile(path, text, { mode: 0o600 });
    const error = await readOperatorFile(path).catch((thrown: unknown) => String(thrown));
    expect(error).toMatch(/OPERATOR_FILE .* does not hold/);
    expect(error).not.toContain(credential.password);
  });
});
