/** Proves, step by step, that Obstack is reached, who it takes us for, and that it shows us nobody else's data. */
import { lastValueFrom, toArray } from 'rxjs';
import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { t } from '../i18n';
import type { WhoAmI } from '@obstack/contracts';
import type { SearchSourceStatus } from '@obstack/contracts/search';
import { search } from '../search/search-api';
import { SOURCE_NAME } from '../search/signals';
import { Failure, failureOf } from '../streams/failure';

export interface Finding {
  severity: 'success' | 'info' | 'warning' | 'error';
  title: string;
  detail: string;
}

const LOOK_BACK_MS = 5 * 60_000;

/** `api`: the proxy as reached through Grafana. Never rejects: what goes wrong is a finding. */
export async function testProxy(api: string, now = Date.now()): Promise<Finding[]> {
  try {
    const answers = await Promise.all([searched(api, now), tenantsSeen(api)]);
    return answers.flat();
  } catch (error) {
    return [explained(error)];
  }
}

/** `api`: the control-plane as reached through Grafana. Never rejects. */
export async function testControlPlane(api: string): Promise<Finding> {
  try {
    // By what Grafana signs, and the token of this organisation: together, or not at all.
    const { actor, role, tenantId } = await get<WhoAmI>(`${api}/api/v1/me`);
    return {
      severity: 'success',
      title: t('connection.control-plane.ok', 'The control-plane knows you as {{name}}, {{role}}', {
        name: actor.id,
        role: role ?? t('connection.control-plane.no-role', 'without a role'),
        interpolation: { escapeValue: false },
      }),
      detail: tenantId ?? '',
    };
  } catch (error) {
    const { detail } = explained(error);
    if (error instanceof Failure && error.kind === 'not-allowed') {
      return {
        severity: 'error',
        title: t(
          'connection.control-plane.refused',
          'The control-plane does not take you for one of this organisation'
        ),
        detail,
      };
    }
    return {
      severity: 'warning',
      title: t('connection.control-plane.failed', 'The control-plane does not answer: search works without it'),
      detail,
    };
  }
}

async function searched(api: string, now: number): Promise<Finding[]> {
  const request = {
    query: '',
    from: new Date(now - LOOK_BACK_MS).toISOString(),
    to: new Date(now).toISOString(),
    limit: 1,
  };
  const lines = (await lastValueFrom(search(api, request).pipe(toArray()))).flat();
  return lines.filter((line) => line.type === 'source').map(sourceFinding);
}

function sourceFinding({ source, status, reason, durationMs }: SearchSourceStatus): Finding {
  const name = SOURCE_NAME[source];
  const detail = reason ?? '';
  switch (status) {
    case 'ok':
    case 'partial':
      return {
        severity: 'success',
        title: t('connection.source.ok', '{{name}} answers, in {{ms}} ms', { name, ms: Math.round(durationMs) }),
        detail,
      };
    case 'not-configured':
      return {
        severity: 'info',
        title: t('connection.source.not-configured', '{{name}} is not part of this installation', { name }),
        detail,
      };
    case 'not-allowed':
      return {
        severity: 'warning',
        title: t('connection.source.not-allowed', 'This token may not read {{name}}', { name }),
        detail,
      };
    case 'timed-out':
    case 'failed':
      return {
        severity: 'error',
        title: t('connection.source.failed', '{{name}} does not answer', { name }),
        detail,
      };
  }
}

/** Every series carries its tenant, and the proxy shows a token its own tenant's alone: so there is one, or none yet. */
async function tenantsSeen(api: string): Promise<Finding> {
  const { data } = await get<{ data: string[] }>(`${api}/prometheus/api/v1/label/tenant_id/values`);
  const [tenant, ...others] = data;
  if (tenant === undefined) {
    return {
      severity: 'info',
      title: t('connection.tenant.none', 'The token is accepted; its tenant has no metrics yet'),
      detail: t('connection.tenant.none-detail', 'Whose token it is shows with the first metric that arrives.'),
    };
  }
  if (others.length > 0) {
    return {
      severity: 'error',
      title: t('connection.tenant.many', 'This address shows the data of several tenants'),
      detail: t(
        'connection.tenant.many-detail',
        'It is a store, or something else that does not enforce tenants. Enter the address of the Obstack proxy.'
      ),
    };
  }
  return {
    severity: 'success',
    title: t('connection.tenant.one', 'The token reads one tenant, and nothing else'),
    detail: tenant,
  };
}

function explained(error: unknown): Finding {
  const failure = error instanceof Failure ? error : new Failure('failed', String(error));
  return { severity: 'error', title: titleOf(failure), detail: failure.message };
}

function titleOf({ kind }: Failure): string {
  switch (kind) {
    case 'not-allowed':
      return t(
        'connection.not-allowed',
        'The proxy refuses this token: it is wrong, expired, revoked, or not for queries'
      );
    case 'unreachable':
      return t('connection.unreachable', 'Grafana’s server cannot reach the proxy at this address');
    case 'not-configured':
      return t('connection.not-configured', 'What answers at this address is not an Obstack proxy');
    default:
      return t('connection.failed', 'The connection does not work');
  }
}

/** @throws Failure */
async function get<T>(url: string): Promise<T> {
  try {
    const answer = await lastValueFrom(getBackendSrv().fetch<T>({ url, showErrorAlert: false }));
    return answer.data;
  } catch (error) {
    throw isFetchError(error) ? failureOf(error.status, JSON.stringify(error.data)) : error;
  }
}
