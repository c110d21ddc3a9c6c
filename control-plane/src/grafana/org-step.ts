/** The step that gives a tenant its Grafana org, with a query token of the org's own. */
import { readFile } from 'node:fs/promises';
import type { CredentialKind } from '@obstack/contracts';
import { SIGNALS } from '@obstack/contracts';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { KeyStore } from '../features/keys/keys-store.ts';
import type { MintedCredential } from '../identity/mint-credential.ts';
import { createJsonClient, type JsonClient } from '../outside/json-client.ts';
import type { ProvisioningStep, StepContext } from '../provisioning/step.ts';
import type { Sealer } from '../sealing.ts';
import type { GrafanaStore } from './grafana-store.ts';
import { readDashboards, readDatasources } from './content.ts';
import { ensureOrg, findOrg, furnishOrg, nameOrg, removeOrg } from './org.ts';

/** As it stands in the tenant's list of query tokens. */
const TOKEN_NAME = 'Grafana';

export interface GrafanaStepDeps {
  /** Null where there is no Grafana. */
  grafana: {
    url: string;
    user: string;
    passwordFile: string;
    proxyUrl: string;
    controlPlaneUrl: string;
  } | null;
  orgs: GrafanaStore;
  keys: KeyStore;
  mint: (kind: CredentialKind) => MintedCredential;
  /** Grafana never gives a token back, so ours is kept, encrypted: running again must not make another. */
  sealer: Sealer;
}

export function createGrafanaStep({ grafana, orgs, keys, mint, sealer }: GrafanaStepDeps): ProvisioningStep {
  const configured = () => {
    if (!grafana) throw new Error('no Grafana is configured');
    return grafana;
  };

  async function connect({ signal }: StepContext): Promise<JsonClient> {
    const { url, user, passwordFile } = configured();
    const password = (await readFile(passwordFile, 'utf8')).trim();
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return createJsonClient({ service: 'Grafana', url, headers: { authorization }, signal });
  }

  /** The org's token: the one it has, if that is still in force, else a new one. */
  function ensureToken(ctx: StepContext): Promise<string> {
    const { tenant } = ctx;
    return ctx.begin(async (tx) => {
      const row = await orgs.find(tx, tenant.id);
      const scope = { tenant_id: tenant.id, kind: 'query-token' } as const;
      if (row?.credential_id && row.sealed_token) {
        const key = await keys.find(tx, scope, row.credential_id);
        if (key && key.revoked_at === null && key.expires_at === null) return sealer.open(row.sealed_token);
      }
      const { keyId, text, sha256 } = mint('query-token');
      await keys.insert(tx, {
        ...scope,
        id: keyId,
        sha256,
        name: TOKEN_NAME,
        signals: [...SIGNALS],
        created_by: 'system:provisioning',
        expires_at: null,
        limits: {},
      });
      await orgs.save(tx, tenant.id, { credential_id: keyId, sealed_token: sealer.seal(text) });
      return text;
    });
  }

  return {
    name: 'grafana',
    title: 'Grafana organisation',
    after: [],
    skipped: () => (grafana ? null : 'No Grafana is configured (GRAFANA_URL).'),

    async edition() {
      if (!grafana) return '';
      const { proxyUrl, controlPlaneUrl } = grafana;
      const datasources = await readDatasources({ PROXY_URL: proxyUrl, QUERY_TOKEN: '' });
      return sha256Hex(JSON.stringify([controlPlaneUrl, datasources, await readDashboards()]));
    },

    async apply(ctx) {
      const { tenant } = ctx;
      const api = await connect(ctx);
      const queryToken = await ensureToken(ctx);
      const known = await ctx.begin((tx) => orgs.find(tx, tenant.id));
      const orgId = await ensureOrg(api, tenant.id, known?.org_id ?? null);
      await ctx.begin((tx) => orgs.save(tx, tenant.id, { org_id: orgId }));
      await nameOrg(api, orgId, tenant);
      const { proxyUrl, controlPlaneUrl } = configured();
      await furnishOrg(api, orgId, { proxyUrl, controlPlaneUrl, queryToken });
    },

    async remove(ctx) {
      const { tenant } = ctx;
      const api = await connect(ctx);
      const known = await ctx.begin((tx) => orgs.find(tx, tenant.id));
      const orgId = await findOrg(api, tenant.id, known?.org_id ?? null);
      if (orgId !== undefined) await removeOrg(api, orgId);
      await ctx.begin((tx) => orgs.delete(tx, tenant.id));
    },
  };
}
