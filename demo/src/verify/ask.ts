/** The two requests of the check, and what an answer means. */
import type { DemoTenant } from '../demo-file.ts';
import type { Probe, QueryPath } from './probes.ts';

const TIMEOUT_MS = 10_000;

/** `seen`: the answer holds the event; `nothing`: a proper answer without it; otherwise what is wrong. */
export type Finding = 'seen' | 'nothing' | { problem: string };

/** Undefined when it was taken, otherwise what was said. @throws when nobody answered. */
export async function push(proxyUrl: string, tenant: DemoTenant, probe: Probe): Promise<string | undefined> {
  const response = await fetch(proxyUrl + probe.pushPath, {
    method: 'POST',
    headers: { ...probe.headers, authorization: `Bearer ${tenant.ingestKey}` },
    body: Buffer.from(probe.body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Error(`The proxy at ${proxyUrl} does not answer. Is the stack running (npm run status)?`, {
      cause,
    });
  });
  const text = await response.text();
  return response.ok ? undefined : `push: ${response.status} ${text.slice(0, 200)}`;
}

/**
 * Asks as `reader`. With `spelled`, the owner's id is named wherever a client can name one: in the query and in the
 * header by which the stores know their tenants.
 */
export async function look(
  proxyUrl: string,
  reader: DemoTenant,
  path: QueryPath,
  mark: string,
  spelled?: string,
): Promise<Finding> {
  try {
    const response = await fetch(proxyUrl + path.address(spelled), {
      headers: {
        authorization: `Bearer ${reader.queryToken}`,
        accept: 'application/json',
        ...(spelled !== undefined && { 'x-scope-orgid': spelled }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    // A trace that is not there is a 404; anywhere else that would be a missing route.
    if (response.status === 404 && path.name === 'tempo trace by id') return 'nothing';
    if (!response.ok) return { problem: `${response.status} ${text.slice(0, 200)}` };
    return text.includes(mark) ? 'seen' : 'nothing';
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
