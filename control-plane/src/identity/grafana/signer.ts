/** The keys with which our Grafana signs who is behind a request. */
import { GrafanaSigner } from '@obstack/contracts/internal';
import { createJsonClient } from '../../outside/json-client.ts';

/** Fresh enough for a new key to be found soon, and seldom enough to ask Grafana next to nothing. */
const FRESH_MS = 5_000;

/** Undefined where there is no Grafana. */
export type AskGrafanaSigner = () => Promise<GrafanaSigner | undefined>;

export const noGrafanaSigner: AskGrafanaSigner = () => Promise.resolve(undefined);

/**
 * @param grafana.url as we reach it
 * @param grafana.publicUrl as browsers do: what Grafana calls itself in its tokens (`root_url`)
 * @returns the keys, asked for at most every five seconds; while Grafana is away, those it had before. Rejects with an
 *   OutsideError where there were none.
 */
export function createGrafanaSigner(
  grafana: { url: string; publicUrl: string },
  now: () => number = Date.now,
): AskGrafanaSigner {
  const api = createJsonClient({
    service: 'Grafana',
    url: grafana.url,
    signal: new AbortController().signal,
    timeoutMs: 1_500,
  });
  let asked: { answer: Promise<GrafanaSigner>; at: number } | undefined;
  let known: GrafanaSigner | undefined;

  async function ask(): Promise<GrafanaSigner> {
    try {
      const jwks = await api.tell('GET', '/api/signing-keys/keys');
      known = GrafanaSigner.parse({ issuer: `${grafana.publicUrl}/`, jwks });
    } catch (error) {
      if (!known) throw error;
    }
    return known;
  }

  return () => {
    if (!asked || now() - asked.at >= FRESH_MS) asked = { answer: ask(), at: now() };
    return asked.answer;
  };
}
