import React, { useMemo } from 'react';
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, RadioButtonGroup, TextLink, useStyles2 } from '@grafana/ui';
import type { Rejection } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useList } from '../../api/use-list';
import { formatCount } from '../../search/format';
import { signalName } from '../../search/signals';
import { Empty } from '../../states/Empty';
import { useUrlState } from '../../url-state/url-state';
import { useAccess, useTenantId } from '../access';
import { Ago } from '../parts/Ago';
import { DataTable } from '../parts/DataTable';
import { ListView } from '../parts/ListView';
import { Toolbar } from '../parts/Toolbar';
import { sectionUrl } from '../sections';
import { LIMITS_URL, SIGNAL_VIEWS, SINCE_VIEWS, timeOf } from './limits-url';

const LIMIT = 50;

export function Rejections() {
  const styles = useStyles2(getStyles);
  const tenantId = useTenantId();
  const { isOperator } = useAccess();
  const [url, setUrl] = useUrlState(LIMITS_URL);
  const { keyId, signal, since, cursor } = url;
  // Of when it was asked for: the pages after the first must be of the same list.
  const from = useMemo(() => timeOf(since), [since]);

  const list = useList<Rejection>({
    key: JSON.stringify([tenantId, keyId, signal, from]),
    cursor,
    onCursor: (next) => setUrl({ cursor: next }, { replace: true }),
    fetch: (at, abort) =>
      controlPlane.listRejections({
        params: { tenantId },
        query: {
          limit: LIMIT,
          ...(keyId && { keyId }),
          ...(signal !== 'all' && { signal }),
          ...(from && { from }),
          ...(at && { cursor: at }),
        },
        signal: abort,
      }),
  });
  const isFiltered = keyId !== '' || signal !== 'all' || since !== 'all';

  return (
    <>
      <div className={styles.filters}>
        <Toolbar>
          <RadioButtonGroup
            size="sm"
            aria-label={t('admin.rejections.signal', 'Signal')}
            options={SIGNAL_VIEWS.map((value) => ({
              value,
              label: value === 'all' ? t('admin.rejections.any-signal', 'All signals') : signalName(value),
            }))}
            value={signal}
            onChange={(next) => setUrl({ signal: next, cursor: '' })}
          />
          <RadioButtonGroup
            size="sm"
            aria-label={t('admin.rejections.since', 'Since')}
            options={SINCE_VIEWS.map((value) => ({ value, label: sinceName(value) }))}
            value={since}
            onChange={(next) => setUrl({ since: next, cursor: '' })}
          />
          {keyId && (
            <Button size="sm" variant="secondary" icon="times" onClick={() => setUrl({ keyId: '', cursor: '' })}>
              {t('admin.rejections.only-key', 'Key {{keyId}}', { keyId })}
            </Button>
          )}
        </Toolbar>
      </div>
      <ListView
        list={list}
        empty={
          <Empty title={isFiltered ? undefined : t('admin.rejections.none', 'Nothing was refused')}>
            {isFiltered ? (
              <Trans i18nKey="admin.rejections.no-match">Nothing of this kind was refused. Take a filter out.</Trans>
            ) : (
              <Trans i18nKey="admin.rejections.none-remedy">Everything that was sent was within its limits.</Trans>
            )}
          </Empty>
        }
      >
        <DataTable
          label={t('admin.rejections.title', 'What was refused')}
          rows={list.items}
          rowId={({ id }) => id}
          rowName={({ reason }) => reason}
          columns={[
            {
              id: 'last',
              header: t('admin.rejections.last', 'Last'),
              cell: ({ lastAt, firstAt }) => (
                <span title={[firstAt, lastAt].map((time) => dateTimeFormat(time)).join(' – ')}>
                  <Ago time={lastAt} never="" />
                </span>
              ),
            },
            {
              id: 'count',
              header: t('admin.rejections.count', 'Times'),
              align: 'right',
              cell: ({ count }) => formatCount(count),
            },
            {
              id: 'key',
              header: t('admin.rejections.key', 'Key'),
              cell: ({ keyId: id }) => (
                <TextLink
                  inline={false}
                  variant="bodySmall"
                  href={sectionUrl('keys', isOperator ? tenantId : '', { q: id, status: 'all' })}
                >
                  {id}
                </TextLink>
              ),
            },
            {
              id: 'signal',
              header: t('admin.rejections.signal', 'Signal'),
              cell: ({ signal: of }) => of && signalName(of),
            },
            {
              id: 'reason',
              header: t('admin.rejections.reason', 'Why'),
              cell: ({ reason, status, detail }) => (
                <>
                  <div>
                    {reasonName(reason)} <code>{status}</code>
                  </div>
                  <div className={styles.detail}>{detail}</div>
                </>
              ),
            },
          ]}
        />
      </ListView>
    </>
  );
}

function sinceName(since: (typeof SINCE_VIEWS)[number]): string {
  switch (since) {
    case 'hour':
      return t('admin.rejections.hour', 'Last hour');
    case 'day':
      return t('admin.rejections.day', 'Last day');
    case 'week':
      return t('admin.rejections.week', 'Last week');
    case 'all':
      return t('admin.rejections.all', 'All');
  }
}

/** They are stable; one that is new shows as it is. */
function reasonName(reason: string): string {
  switch (reason) {
    case 'limit_exceeded':
      return t('admin.reason.limit-exceeded', 'A limit was reached');
    case 'too_large':
      return t('admin.reason.too-large', 'It was too large');
    case 'forbidden':
      return t('admin.reason.forbidden', 'The key may not push this signal');
    case 'refused_by_store':
      return t('admin.reason.refused-by-store', 'The store refused it');
    case 'expired':
      return t('admin.reason.expired', 'The key has expired');
    case 'revoked':
      return t('admin.reason.revoked', 'The key is revoked');
    case 'tenant_inactive':
      return t('admin.reason.tenant-inactive', 'The tenant is not active');
    default:
      return reason;
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  filters: css({ marginTop: theme.spacing(1) }),
  detail: css({ color: theme.colors.text.secondary, overflowWrap: 'anywhere' }),
});
