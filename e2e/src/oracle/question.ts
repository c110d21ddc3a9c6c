// The oracle's two sides: a question put through the proxy, over stores that hold every tenant, and the same
// question put directly to the stores that hold one tenant alone.
import type { Lab } from '../lab/lab.ts';
import type { LabTenant } from '../lab/tenants.ts';

export type Api = 'prometheus' | 'loki' | 'tempo';

export interface Question {
  readonly api: Api;
  /** As the store knows it, such as `/loki/api/v1/query`. */
  readonly path: string;
  readonly params?: Params | undefined;
}

export type Params = Readonly<Record<string, string | readonly string[]>>;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const PROXY_PREFIX = { prometheus: '/prometheus', loki: '', tempo: '/tempo' } as const;

export async function askProxy(proxyUrl: string, queryToken: string, question: Question): Promise<Answer> {
  const { api, path, params } = question;
  return ask(`${proxyUrl}${PROXY_PREFIX[api]}${path}${search(params)}`, {
    authorization: `Bearer ${queryToken}`,
  });
}

/** Asks the store of `tenant` alone, past the proxy. */
export async function askAlone(lab: Lab, tenant: LabTenant, question: Question): Promise<Answer> {
  const { api, path, params } = question;
  const base = api === 'prometheus' ? (lab.prometheusOf[tenant.id] ?? '') : lab[api];
  return ask(`${base}${path}${search(params)}`, { 'x-scope-orgid': tenant.id });
}

async function ask(url: string, headers: Record<string, string>): Promise<Answer> {
  const reply = await fetch(url, { headers, redirect: 'manual' });
  return { status: reply.status, text: await reply.text() };
}

function search(params: Params = {}): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
  }
  return form.size === 0 ? '' : `?${form.toString()}`;
}
