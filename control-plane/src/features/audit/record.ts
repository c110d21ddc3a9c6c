/** Turns a call into its row of the audit log. */
import { isDeepStrictEqual } from 'node:util';
import type { AuditOutcome, Endpoint } from '@obstack/contracts';
import { BLANK, isHarmlessId, isSecretField, redactFields } from '@obstack/service-kit/redact';
import type { Actor, AuditDetails, Origin } from '../../call/context.ts';
import type { NewAuditRow } from './audit-store.ts';

export interface AuditedCall {
  endpoint: Endpoint;
  actor: Pick<Actor, 'type' | 'id' | 'name'> | null;
  /** In whose log it stands. */
  tenantId: string | null;
  origin: Origin;
  /** From the path; its last id names the target unless the details do. */
  path: Readonly<Record<string, string>>;
  outcome: AuditOutcome;
  details: AuditDetails;
}

export function auditRow({
  endpoint,
  actor,
  tenantId,
  origin,
  path,
  outcome,
  details,
}: AuditedCall): NewAuditRow {
  const target = details.target ?? targetOf(path);
  return {
    tenant_id: tenantId,
    actor_type: actor?.type ?? 'anonymous',
    actor_id: actor?.id ?? '',
    actor_name: actor?.name ?? '',
    ip: origin.ip || null,
    user_agent: origin.userAgent?.slice(0, 512) ?? null,
    action: endpoint.id,
    target_type: target?.type ?? 'platform',
    target_id: target?.id ?? null,
    outcome,
    reason: details.reason ?? null,
    request_id: origin.requestId,
    diff: diffOf(details.before, details.after),
  };
}

/**
 * `{tenantId, keyId}` is about the key. The path of a denied attempt was never validated: what is no id may be a secret
 * that somebody pasted in the wrong place, and is not kept.
 */
function targetOf(path: AuditedCall['path']): { type: string; id: string | null } | undefined {
  const [name, id] = Object.entries(path).at(-1) ?? [];
  if (name === undefined || id === undefined) return undefined;
  return { type: name.replace(/Id$/, ''), id: isHarmlessId(id) ? id : null };
}

/** Fields that differ, or all of them where there is no before or no after. Times of the change itself say nothing. */
function diffOf(before: object | undefined, after: object | undefined): NewAuditRow['diff'] {
  if (!before && !after) return null;
  const from = (before ?? {}) as Record<string, unknown>;
  const to = (after ?? {}) as Record<string, unknown>;
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const changed = names.filter((name) => name !== 'updatedAt' && !isDeepStrictEqual(from[name], to[name]));
  return Object.fromEntries(changed.map((name) => [name, changeOf(name, from[name], to[name])]));
}

/** The API shows no secret, so there is none to blank as long as what is compared is what it shows. */
function changeOf(name: string, from: unknown, to: unknown): { from: unknown; to: unknown } {
  if (isSecretField(name)) return { from: BLANK, to: BLANK };
  const { from: before, to: after } = redactFields({ from: from ?? null, to: to ?? null });
  return { from: before, to: after };
}
