// Queries: a Prometheus `query_range` of 22 KB through our proxy, prom-label-proxy, nginx and nothing at all.
import { OURS } from './contest.ts';
import type { Contender, Scenario } from './contest.ts';
import type { Target } from './measure/wrk.ts';
import { TENANT_ID } from './parts/control-plane-stand-in.ts';
import type { Sample } from './parts/inspector.ts';
import { obstack } from './parts/obstack.ts';
import { startLabelProxy, startPassThrough, TENANT_HEADER } from './parts/peers.ts';
import { coldQueries, hotQueries, newQueries, rangeAnswer, rangeForm, selectorsIn } from './payloads.ts';
import type { Ring } from './ring.ts';

const PATH = '/api/v1/query_range';
const AIM = { 1: 0.2, 32: 0.09 };

export async function queryScenarios(ring: Ring, profileDir?: string): Promise<Scenario[]> {
  const contenders: Contender[] = [
    { ...ring.direct, name: 'direct', complaint: () => undefined },
    { ...(await ring.enter(startPassThrough)), name: 'nginx', complaint: () => undefined },
    {
      ...(await ring.enter(startLabelProxy)),
      name: 'prom-label-proxy',
      headers: { [TENANT_HEADER]: TENANT_ID },
      complaint: notEnforced,
    },
    {
      ...(await ring.enter(obstack(ring.controlPlane, profileDir))),
      name: OURS,
      prefix: '/prometheus',
      headers: { Authorization: `Bearer ${ring.controlPlane.queryToken}` },
      complaint: (sample) => notEnforced(sample) ?? notInStorageTenant(sample),
    },
  ];
  const shared = { contenders, replyBytes: rangeAnswer().length, aim: AIM };
  return [
    { ...shared, name: 'hot queries', plan: { method: 'GET', headers: {}, targets: hotQueries.map(inUrl) } },
    {
      ...shared,
      name: 'cold queries',
      plan: { method: 'GET', headers: {}, targets: coldQueries.map(inUrl) },
    },
    {
      ...shared,
      name: 'new queries',
      plan: { method: 'GET', headers: {}, targets: newQueries.map(inUrl) },
    },
    {
      ...shared,
      name: 'hot queries, POST',
      plan: {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        targets: hotQueries.map((query) => ({ path: PATH, body: rangeForm(query) })),
      },
    },
  ];
}

const inUrl = (query: string): Target => ({ path: `${PATH}?${rangeForm(query)}` });

/** Every selector carries the tenant: as many matchers as the query had selectors. */
function notEnforced({ target, body }: Sample): string | undefined {
  const form = target.includes('?') ? target.slice(target.indexOf('?') + 1) : body.toString();
  const query = new URLSearchParams(form).get('query') ?? '';
  const matchers = query.match(MATCHER)?.length ?? 0;
  return matchers === selectorsIn(query) && matchers > 0 ? undefined : `not enforced: ${query}`;
}

const MATCHER = new RegExp(`tenant_id=~?"${TENANT_ID}"`, 'g');

export const notInStorageTenant = ({ headers }: Sample): string | undefined =>
  headers['x-scope-orgid'] === TENANT_ID ? undefined : 'no storage tenant';
