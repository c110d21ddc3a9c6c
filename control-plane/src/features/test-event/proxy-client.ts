/** Pushes and queries through the proxy, as an agent and Grafana do. */
import { setTimeout as delay } from 'node:timers/promises';
import type { MarkedRecord } from './marked-record.ts';

const PUSH_DEADLINE_MS = 15_000;
const QUERY_DEADLINE_MS = 5_000;
/** Longer than any store takes that is well. */
const FIND_DEADLINE_MS = 15_000;
const LOOK_AGAIN_MS = 150;

export interface Pushed {
  /** Null when nobody answered. */
  status: number | null;
  /** In the words of the proxy. */
  message: string;
}

export interface ProxyClient {
  push(record: MarkedRecord, ingestionKey: string): Promise<Pushed>;
  /** Resolves to null once a query finds the record, or to what the last answer said when none did for 15 s. */
  find(record: MarkedRecord, queryToken: string): Promise<string | null>;
  /** The query that finds it. */
  url(record: MarkedRecord): string;
}

export function createProxyClient(proxyUrl: string): ProxyClient {
  const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

  async function look(record: MarkedRecord, queryToken: string): Promise<string | null> {
    try {
      const reply = await fetch(proxyUrl + record.find, {
        headers: bearer(queryToken),
        redirect: 'manual',
        signal: AbortSignal.timeout(QUERY_DEADLINE_MS),
      });
      const answer = await reply.text();
      if (reply.ok && record.isIn(answer)) return null;
      return reply.ok || reply.status === 404
        ? ''
        : `the query was answered ${reply.status}: ${messageOf(answer)}`;
    } catch (error) {
      return `the query was not answered: ${reasonOf(error)}`;
    }
  }

  return {
    async push({ push }, ingestionKey) {
      try {
        const reply = await fetch(proxyUrl + push.path, {
          method: 'POST',
          headers: { ...bearer(ingestionKey), 'content-type': 'application/json' },
          body: push.body,
          redirect: 'manual',
          signal: AbortSignal.timeout(PUSH_DEADLINE_MS),
        });
        return { status: reply.status, message: messageOf(await reply.text()) };
      } catch (error) {
        return { status: null, message: reasonOf(error) };
      }
    },

    async find(record, queryToken) {
      const deadline = Date.now() + FIND_DEADLINE_MS;
      for (;;) {
        const missing = await look(record, queryToken);
        if (missing === null || Date.now() > deadline) return missing;
        await delay(LOOK_AGAIN_MS);
      }
    },

    url: (record) => proxyUrl + record.find,
  };
}

const MAX_MESSAGE = 500;

/** Of a google.rpc.Status, a problem or Prometheus' error; otherwise the text itself. */
function messageOf(answer: string): string {
  try {
    const { message, detail, error } = JSON.parse(answer) as Record<string, unknown>;
    const said = message ?? detail ?? error;
    return typeof said === 'string' ? said.slice(0, MAX_MESSAGE) : '';
  } catch {
    return answer.slice(0, MAX_MESSAGE);
  }
}

/** fetch hides why it failed in the cause. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return 'no answer in time';
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'the connection failed';
}
