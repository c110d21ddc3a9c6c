import React, { useMemo } from 'react';
import { Trans } from '@grafana/i18n';
import { Alert } from '@grafana/ui';
import type { AuditEvent } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { download } from '../../api/download';
import { useCall } from '../../api/use-call';
import { useList } from '../../api/use-list';
import { Empty } from '../../states/Empty';
import { useUrlState } from '../../url-state/url-state';
import { useAccess, useMissingFeature } from '../access';
import { ListView } from '../parts/ListView';
import { PermittedButton } from '../parts/PermittedButton';
import { Toolbar } from '../parts/Toolbar';
import { AUDIT_URL, filterOf } from './audit-url';
import { AuditFilters } from './AuditFilters';
import { AuditTable } from './AuditTable';

const LIMIT = 50;

/** Who did, or tried, what: in one tenant, or for operators who have chosen none, everywhere. */
export default function AuditPage() {
  const { tenantId } = useAccess();
  const lacksFeature = useMissingFeature('audit-export');
  const [url, setUrl] = useUrlState(AUDIT_URL);
  const { action, actor, target, outcome, from, to, open, cursor } = url;
  // `now` is when somebody asked: the pages after the first must be of the same list.
  const filter = useMemo(
    () => filterOf({ action, actor, target, outcome, from, to, open: '', cursor: '' }),
    [action, actor, target, outcome, from, to]
  );
  const { run, running, failure } = useCall();

  const list = useList<AuditEvent>({
    key: JSON.stringify([tenantId, filter]),
    cursor,
    onCursor: (next) => setUrl({ cursor: next }, { replace: true }),
    fetch: (at, signal) => {
      const query = { ...filter, limit: LIMIT, ...(at && { cursor: at }) };
      return tenantId === null
        ? controlPlane.listAllAuditEvents({ query, signal })
        : controlPlane.listAuditEvents({ params: { tenantId }, query, signal });
    },
  });
  const isFiltered = Object.keys(filter).length > 0;

  const exportAll = () =>
    run(() =>
      download(
        `/api/v1/tenants/${tenantId}/audit-events/export?${new URLSearchParams(filter)}`,
        `audit-${tenantId}-${new Date().toISOString().slice(0, 10)}.ndjson`
      )
    );

  return (
    <>
      <Toolbar
        actions={
          <PermittedButton
            icon="download-alt"
            variant="secondary"
            hindrance={
              tenantId === null
                ? t('admin.audit.export-one', 'It is exported for one tenant: choose one first.')
                : lacksFeature
            }
            disabled={running}
            onClick={exportAll}
          >
            {running ? t('admin.audit.exporting', 'Exporting…') : t('admin.audit.export', 'Export NDJSON')}
          </PermittedButton>
        }
      >
        <AuditFilters url={url} onChange={(patch) => setUrl({ ...patch, cursor: '', open: '' })} />
      </Toolbar>
      {failure && (
        <Alert severity="error" title={t('admin.audit.export-failed', 'The log was not exported')}>
          {failure.message}
        </Alert>
      )}
      <ListView
        list={list}
        empty={
          isFiltered ? (
            <Empty>
              <Trans i18nKey="admin.audit.no-match">
                Nothing like that was done. Take a filter out, or widen the time.
              </Trans>
            </Empty>
          ) : (
            <Empty title={t('admin.audit.none', 'Nothing was done yet')} />
          )
        }
      >
        <AuditTable
          events={list.items}
          withTenant={tenantId === null}
          open={open}
          onOpen={(id) => setUrl({ open: id }, { replace: true })}
          onFilter={(patch) => setUrl({ ...patch, cursor: '', open: '' })}
        />
      </ListView>
    </>
  );
}
