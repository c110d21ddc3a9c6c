// What a store's refusal of a push means to the sender. Senders give up on a 4xx and on 500, and retry 503: so a
// 4xx is passed on only where it is about the data, and everything that is ours to mend becomes 503.
import { Refusal, refuse } from '../http/refusal.ts';
import { freeMemory } from './free-memory.ts';
import type { Admission } from './limits.ts';
import type { Upstream, UpstreamReply, UpstreamRequest } from '../upstream/forward.ts';

/** A store has no reason to say more than this. */
const MAX_REPLY_BYTES = 1024 * 1024;
const MAX_MESSAGE = 1024;

/** The data cannot be stored as it is, now or later. */
const ABOUT_THE_DATA = new Set([400, 409, 413, 422]);

/**
 * Sends a push to a store and returns its reply, whatever its status.
 * @param memory what the body lies in, and whatever else is needed up to now only: freed as soon as it is certain that
 *   the body is out, and left to the garbage collector otherwise
 * @throws Refusal 503 when the store does not answer, which senders retry
 */
export async function sendToStore(
  store: Upstream,
  admission: Pick<Admission, 'giveBack'>,
  request: UpstreamRequest,
  memory: readonly Buffer[],
): Promise<UpstreamReply> {
  try {
    const reply = await store.send(request, MAX_REPLY_BYTES);
    if (reply.isBodySent) for (const buffer of memory) freeMemory(buffer);
    return reply;
  } catch (cause) {
    admission.giveBack();
    throw cause instanceof Refusal ? refuse.unavailable(cause.message, { cause }) : cause;
  }
}

export const isSuccess = ({ status }: UpstreamReply): boolean => status >= 200 && status < 300;

/**
 * @param reply one that is not a success
 * @param message what the store says, for the sender to read
 */
export function refusalOf(
  store: Upstream,
  admission: Admission,
  { status, headers }: UpstreamReply,
  message: string,
): Refusal {
  const text = message.trim().slice(0, MAX_MESSAGE);
  if (ABOUT_THE_DATA.has(status)) {
    return new Refusal(
      status === 413 ? 413 : 400,
      'refused_by_store',
      text || `${store.name} refuses this data`,
    );
  }
  admission.giveBack();
  const retryAfterSeconds = Number(headers['retry-after']) || 5;
  // The stores' own limits are set per tenant too.
  if (status === 429)
    return refuse.overLimit(text || 'this tenant is above its limit', { retryAfterSeconds });
  return refuse.unavailable(`${store.name} cannot take this right now`, {
    retryAfterSeconds,
    cause: new Error(`${store.name} answered ${status}: ${text}`),
  });
}
