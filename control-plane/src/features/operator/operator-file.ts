/** The file in which the operator finds the first credential: JSON, readable by its owner only. */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseCredential } from '@obstack/contracts/credential-format';
import { z } from 'zod';

export const OperatorCredential = z.object({
  email: z.email().max(255),
  password: z.string().min(12).max(256),
  token: z.string().refine((text) => parseCredential(text)?.kind === 'operator-token'),
});
export type OperatorCredential = z.infer<typeof OperatorCredential>;

/**
 * @returns what the file holds, or `undefined` when there is none
 * @throws with a remedy, and never with content, when others can read it or it is not what it should be
 */
export async function readOperatorFile(path: string): Promise<OperatorCredential | undefined> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if (mode & 0o077) throw new Error(`OPERATOR_FILE ${path} can be read by others. Run: chmod 600 ${path}`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const credential = OperatorCredential.safeParse(parseJson(text)).data;
  if (!credential) {
    throw new Error(
      `OPERATOR_FILE ${path} does not hold {email, password, token}. Move it away, and a new one is written.`,
    );
  }
  return credential;
}

/** @throws when the file is there already: nothing is ever overwritten */
export async function writeOperatorFile(path: string, credential: OperatorCredential): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(credential, null, 2)}\n`);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
