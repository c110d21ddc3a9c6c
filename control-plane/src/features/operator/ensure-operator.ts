/** The first start makes the operator, so that no default credential exists anywhere. */
import type { Logger } from '@obstack/service-kit/logger';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { Database } from '../../db/connect.ts';
import { mintCredential, randomBase62 } from '../../identity/mint-credential.ts';
import { hashPassword } from '../../identity/password.ts';
import { type OperatorCredential, readOperatorFile, writeOperatorFile } from './operator-file.ts';
import type { OperatorStore } from './operator-store.ts';

/**
 * - The database has an operator: nothing to do. The file may be gone; moving the credential to a vault is
 *   what a careful operator does with it.
 * - It has none, and the file is there: the credential in it is taken on. So a database that was made anew
 *   keeps its operator, and a credential may be provided before the first start.
 * - Neither: a new credential, written to the file and nowhere else.
 *
 * A lost credential cannot be shown again; delete the row in `operators` and start anew.
 */
export async function ensureOperator(
  deps: { db: Database; store: OperatorStore; logger: Logger },
  path: string,
): Promise<void> {
  const { db, store, logger } = deps;
  await db.begin('platform', async (tx) => {
    await store.lock(tx);
    if (await store.exists(tx)) return;

    const provided = await readOperatorFile(path);
    const credential = provided ?? newCredential();
    // The file comes first: when the rest fails, the next start finds it and takes it on.
    if (!provided) await writeOperatorFile(path, credential);
    await store.insert(tx, await hashed(credential));
    logger.info(
      { file: path },
      provided ? 'took the operator credential from its file' : 'wrote the operator credential',
    );
  });
}

function newCredential(): OperatorCredential {
  return {
    email: 'operator@obstack.local',
    password: randomBase62(24),
    token: mintCredential('operator-token').text,
  };
}

async function hashed({ email, password, token }: OperatorCredential) {
  return { email, passwordHash: await hashPassword(password), tokenSha256: sha256Hex(token) };
}
