/**
 * `Idempotency-Key` on POSTs that create (draft-ietf-httpapi-idempotency-key-header): sent again within 24 hours, a
 * request gets the first answer again and changes nothing.
 */
import { ConflictError, InvalidError, ProblemError } from '@obstack/service-kit/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { Executor } from '../db/connect.ts';
import type { Sealer } from '../sealing.ts';
import { AfterCommit } from './context.ts';
import { idempotencyStore } from './idempotency-store.ts';

export const IDEMPOTENCY_HEADER = 'idempotency-key';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Runs `create` once for each key. The answer is kept in the transaction that made it, so it is there if, and only
 * if, what it speaks of is.
 * @param request.caller who sent the key; another caller's equal key is another key
 * @throws ConflictError while the first is under way; `key-reused` when the first was another request
 */
export async function once(
  tx: Executor,
  sealer: Sealer,
  request: { key: string; caller: string; endpointId: string; input: unknown },
  create: () => Promise<unknown>,
): Promise<unknown> {
  const { key, caller, endpointId, input } = request;
  if (!KEY.test(key)) {
    throw new InvalidError('The Idempotency-Key is not usable.', [
      {
        location: `header.${IDEMPOTENCY_HEADER}`,
        message: 'Not 1 to 255 printable ASCII characters',
        fix: 'Send a new UUID for each thing to create',
      },
    ]);
  }
  const id = sha256Hex(JSON.stringify([caller, endpointId, key]));
  // Keyed: the request may hold a password, and a plain hash of one is an invitation to guess.
  const requestSha256 = sealer.fingerprint(JSON.stringify(input));
  if (!(await idempotencyStore.tryLock(tx, id))) {
    throw new ConflictError('A request with this Idempotency-Key is under way; wait for its answer.');
  }
  const first = await idempotencyStore.find(tx, id);
  if (first) {
    if (first.request_sha256 !== requestSha256) {
      throw new ProblemError('key-reused', 'Use a new Idempotency-Key for another request.');
    }
    return JSON.parse(sealer.open(first.answer));
  }
  const answer = await create();
  if (answer instanceof AfterCommit) throw new Error(`${endpointId} has no answer to keep for its next call`);
  await idempotencyStore.insert(tx, {
    id,
    request_sha256: requestSha256,
    answer: sealer.seal(JSON.stringify(answer ?? null)),
  });
  return answer;
}
