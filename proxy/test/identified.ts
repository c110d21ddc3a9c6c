// For benchmarks: what it costs to know who asks, once they are known.
import type { IncomingMessage } from 'node:http';
import { PLANS } from '@obstack/contracts';
import { formatCredential } from '@obstack/contracts/credential-format';
import { createCredentials } from '../src/tenancy/credentials.ts';
import { createIdentify } from '../src/tenancy/identify.ts';
import { People } from '../src/tenancy/people.ts';
import { ThroughGrafana } from '../src/tenancy/through-grafana.ts';
import { Usage } from '../src/tenancy/usage.ts';

/** @returns identifies a request with a query token of this tenant, without a promise */
export async function identified(tenantId: string): Promise<() => unknown> {
  const credentials = createCredentials(() =>
    Promise.resolve({
      id: 'AbCdEfGhIjKl',
      kind: 'query-token',
      tenantId,
      signals: ['metrics'],
      expiresAt: null,
      limits: PLANS.saas.limits,
      keyLimits: {},
    }),
  );
  credentials.connected();
  const nobody = () => Promise.resolve(undefined);
  const people = new People({ principal: nobody, issuer: nobody });
  const identify = createIdentify(credentials, people, new ThroughGrafana(nobody), new Usage());
  const token = formatCredential('query-token', 'AbCdEfGhIjKl', 's'.repeat(32));
  const request = { headers: { authorization: `Bearer ${token}` } } as unknown as IncomingMessage;
  await identify.query(request, 'metrics');
  return () => identify.query(request, 'metrics');
}
