/**
 * Sends one marked record the way an agent would and looks for it the way Grafana would, so that "does my key work?" has
 * an answer. Nothing is held open while it runs: the stand-ins are committed first.
 */
import type { CredentialKind, SendTestEvent, Signal, TestEventResult } from '@obstack/contracts';
import { parseCredential } from '@obstack/contracts/credential-format';
import { InvalidError, NotFoundError } from '@obstack/service-kit/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { actorName, afterCommit, type TenantContext } from '../../call/context.ts';
import type { GrafanaStore } from '../../grafana/grafana-store.ts';
import type { MintedCredential } from '../../identity/mint-credential.ts';
import { statusOf } from '../keys/keys-service.ts';
import type { KeyRow, KeyStore } from '../keys/keys-store.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import { explain, hindrance, type Known } from './explain.ts';
import { exploreUrl, markedRecord } from './marked-record.ts';
import type { ProxyClient } from './proxy-client.ts';

const STAND_IN_SECONDS = 60;

export interface TestEventDeps {
  keys: KeyStore;
  tenants: TenantStore;
  mint: (kind: CredentialKind) => MintedCredential;
  /** Undefined when no PROXY_URL is set. */
  proxy: ProxyClient | undefined;
  grafanaUrl: string | undefined;
  grafanaOrgs: GrafanaStore;
}

export interface TestEventService {
  /**
   * Whatever goes wrong on the way is the answer.
   * @throws NotFoundError; InvalidError when the secret is not that of a key with this id
   */
  send(ctx: TenantContext, keyId: string, input: SendTestEvent): Promise<TestEventResult>;
}

export function createTestEventService(deps: TestEventDeps): TestEventService {
  const { keys, tenants, mint, proxy, grafanaUrl, grafanaOrgs } = deps;

  /** Does what the key does, for a minute; the query token reads that signal alone. */
  async function standIn(
    ctx: TenantContext,
    key: KeyRow,
    kind: CredentialKind,
    signals: Signal[],
  ): Promise<string> {
    const { keyId, text, sha256 } = mint(kind);
    await keys.insert(ctx.db, {
      id: keyId,
      sha256,
      kind,
      signals,
      tenant_id: ctx.tenantId,
      name: `Test of ${key.id}`,
      limits: kind === key.kind ? key.limits : {},
      expires_at: new Date(Date.now() + STAND_IN_SECONDS * 1000),
      created_by: actorName(ctx.actor),
      test_of: key.id,
    });
    return text;
  }

  return {
    async send(ctx, keyId, { signal, secret }) {
      if (secret !== undefined) requireSecretOf(keyId, secret);
      const key = await keys.find(ctx.db, { tenant_id: ctx.tenantId, kind: 'ingestion-key' }, keyId);
      const tenant = await tenants.find(ctx.db, ctx.tenantId);
      if (!key || !tenant) throw new NotFoundError('There is no such key.');
      const known: Known = {
        keyId,
        signals: key.signals,
        status: statusOf(key),
        tenantState: tenant.state,
        isTenantActive: tenant.is_active,
        isRightSecret: secret === undefined ? null : sha256Hex(secret) === key.sha256,
      };
      if (!proxy) {
        return notSent(
          'There is nowhere to send it: set PROXY_URL of control-plane to the URL of the proxy.',
        );
      }
      // A stand-in would be let in where the key itself is not.
      const hindered = secret === undefined ? hindrance(known) : null;
      if (hindered !== null) return notSent(hindered);

      await keys.removeStandIns(ctx.db);
      const ingestionKey = secret ?? (await standIn(ctx, key, 'ingestion-key', key.signals));
      const queryToken = await standIn(ctx, key, 'query-token', [signal]);
      const record = markedRecord(signal);
      const orgId = (await grafanaOrgs.find(ctx.db, ctx.tenantId))?.org_id ?? null;

      return afterCommit(async () => {
        const started = performance.now();
        const seconds = () => Math.round(performance.now() - started) / 1000;
        const pushed = await proxy.push(record, ingestionKey);
        const accepted = { status: pushed.status, seconds: seconds(), detail: pushed.message };
        if (pushed.status === null || pushed.status >= 300) {
          const why = explain(known, signal, pushed);
          return { accepted: { ok: false, ...accepted }, stored: NOT_STORED, link: null, why };
        }
        const link = grafanaUrl === undefined ? proxy.url(record) : exploreUrl(grafanaUrl, orgId, record);
        const missing = await proxy.find(record, queryToken);
        return {
          accepted: { ok: true, ...accepted, detail: 'The proxy took it.' },
          stored: missing === null ? { ok: true, seconds: seconds() } : NOT_STORED,
          link,
          why: missing === null ? null : notFound(signal, missing),
        };
      });
    },
  };
}

const NOT_STORED = { ok: false, seconds: null };

function notSent(why: string): TestEventResult {
  const accepted = { ok: false, status: null, seconds: null, detail: 'Nothing was sent.' };
  return { accepted, stored: NOT_STORED, link: null, why };
}

function notFound(signal: Signal, missing: string): string {
  const said = missing === '' ? '' : ` (${missing})`;
  return `It was accepted, but no query has found it within 15 seconds${said}: the store of ${signal} is slow or cannot be read; look again by the link, and tell your operator if it stays away.`;
}

function requireSecretOf(keyId: string, secret: string): void {
  const parsed = parseCredential(secret);
  if (parsed?.kind === 'ingestion-key' && parsed.keyId === keyId) return;
  throw new InvalidError('The secret is not that of this key.', [
    {
      location: 'body.secret',
      message: parsed ? 'The text of another key' : 'No ingestion key, or one with a typo',
      fix: `Send the whole text that begins with obk_${keyId}_, or leave it out`,
    },
  ]);
}
