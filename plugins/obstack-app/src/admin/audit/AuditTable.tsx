import React from 'react';
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Badge, type BadgeColor, Button, IconButton, useStyles2 } from '@grafana/ui';
import type { AuditEvent, AuditOutcome } from '@obstack/contracts';
import { t } from '../../i18n';
import { DataTable } from '../parts/DataTable';
import type { AuditUrl } from './audit-url';
import { AuditDetails } from './AuditDetails';
import { outcomeName } from './outcome-name';

interface Props {
  events: readonly AuditEvent[];
  /** They are of several tenants. */
  withTenant: boolean;
  open: string;
  onOpen: (id: string) => void;
  onFilter: (patch: Partial<AuditUrl>) => void;
}

const COLOR: Readonly<Record<AuditOutcome, BadgeColor>> = { success: 'green', denied: 'orange', failure: 'red' };

export function AuditTable({ events, withTenant, open, onOpen, onFilter }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <DataTable
      label={t('admin.audit.title', 'Audit log')}
      rows={events}
      rowId={({ id }) => id}
      rowName={({ action }) => action}
      details={(event) => (event.id === open ? <AuditDetails event={event} onFilter={onFilter} /> : null)}
      columns={[
        {
          id: 'time',
          header: t('admin.audit.time', 'Time'),
          cell: ({ id, time, action }) => (
            <span className={styles.time}>
              <IconButton
                name={id === open ? 'angle-down' : 'angle-right'}
                aria-expanded={id === open}
                aria-label={t('admin.audit.details-of', 'Details of {{action}}', { action })}
                onClick={() => onOpen(id === open ? '' : id)}
              />
              <time dateTime={time}>{dateTimeFormat(time, { format: 'YYYY-MM-DD HH:mm:ss' })}</time>
            </span>
          ),
        },
        {
          id: 'actor',
          header: t('admin.audit.who', 'Who'),
          cell: ({ actor }) => (
            <Filter
              label={t('admin.audit.only-actor', 'Only what {{name}} did', { name: actor.name })}
              onClick={() => onFilter({ actor: actor.id })}
            >
              {actor.name || actor.id}
            </Filter>
          ),
        },
        {
          id: 'action',
          header: t('admin.audit.action', 'Action'),
          cell: ({ action }) => (
            <Filter
              label={t('admin.audit.only-action', 'Only {{action}}', { action })}
              onClick={() => onFilter({ action })}
            >
              {action}
            </Filter>
          ),
        },
        {
          id: 'target',
          header: t('admin.audit.on', 'On'),
          cell: ({ target: { type, id } }) => (
            <>
              {type} {id && <code className={styles.id}>{id}</code>}
            </>
          ),
        },
        ...(withTenant
          ? [
              {
                id: 'tenant',
                header: t('admin.tenant.label', 'Tenant'),
                wideOnly: true,
                cell: ({ tenantId }: AuditEvent) =>
                  tenantId ? <code className={styles.id}>{tenantId}</code> : t('admin.audit.platform', 'the platform'),
              },
            ]
          : []),
        {
          id: 'outcome',
          header: t('admin.audit.outcome', 'Outcome'),
          cell: ({ outcome, reason }) => (
            <Badge color={COLOR[outcome]} text={outcomeName(outcome)} tooltip={reason ?? undefined} />
          ),
        },
      ]}
    />
  );
}

function Filter({ label, onClick, children }: { label: string; onClick: () => void; children: string }) {
  return (
    <Button size="sm" fill="text" variant="secondary" tooltip={label} onClick={onClick}>
      {children}
    </Button>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  time: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), whiteSpace: 'nowrap' }),
  id: css({
    padding: 0,
    border: 'none',
    background: 'none',
    color: theme.colors.text.secondary,
    whiteSpace: 'normal',
    overflowWrap: 'anywhere',
  }),
});
