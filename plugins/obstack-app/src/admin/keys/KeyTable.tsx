import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, Tooltip, useStyles2 } from '@grafana/ui';
import type { Key } from '@obstack/contracts';
import { t } from '../../i18n';
import { signalName } from '../../search/signals';
import { formatLimit, LIMIT_NAMES, limitName } from '../limits/limit-names';
import { Ago } from '../parts/Ago';
import { DataTable } from '../parts/DataTable';
import { PermittedIcon } from '../parts/PermittedButton';
import { QuietBadge } from '../parts/QuietBadge';
import type { Kind } from './keys-api';

interface Props {
  kind: Kind;
  keys: readonly Key[];
  selected: readonly string[];
  onSelect: (ids: readonly string[]) => void;
  /** Why nothing may be changed; undefined when it may. */
  mayNot: string | undefined;
  onTest: (key: Key) => void;
  onEdit: (key: Key) => void;
  onRotate: (key: Key) => void;
  onRevoke: (key: Key) => void;
}

export function KeyTable({ kind, keys, selected, onSelect, mayNot, onTest, onEdit, onRotate, onRevoke }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <DataTable
      label={kind === 'ingestion' ? t('admin.keys.title', 'Ingestion keys') : t('admin.tokens.title', 'Query tokens')}
      rows={keys}
      rowId={({ id }) => id}
      rowName={({ name }) => name}
      isDim={({ status }) => status !== 'active'}
      selection={{
        ids: selected,
        onChange: onSelect,
        hindrance: (key) => mayNot ?? (key.status === 'revoked' ? revokedAlready() : undefined),
      }}
      columns={[
        {
          id: 'name',
          header: t('admin.keys.name', 'Name'),
          cell: ({ name, id }) => (
            <>
              <div className={styles.name}>{name}</div>
              <code className={styles.id}>{id}</code>
            </>
          ),
        },
        {
          id: 'signals',
          header: kind === 'ingestion' ? t('admin.keys.pushes', 'May push') : t('admin.tokens.reads', 'May read'),
          cell: ({ signals }) => signals.map(signalName).join(', '),
        },
        { id: 'status', header: t('admin.keys.status', 'Status'), cell: (key) => <Status of={key} /> },
        {
          id: 'used',
          header: t('admin.keys.used', 'Last used'),
          cell: ({ lastUsedAt }) => <Ago time={lastUsedAt} never={t('admin.keys.unused', 'not yet')} />,
        },
        {
          id: 'expires',
          header: t('admin.keys.expires', 'Expires'),
          cell: ({ expiresAt }) => <Ago time={expiresAt} never={t('admin.keys.endless', 'never')} />,
        },
        ...(kind === 'ingestion'
          ? [{ id: 'limits', header: t('admin.keys.limits', 'Own limits'), cell: ownLimits, wideOnly: true }]
          : []),
        {
          id: 'created',
          header: t('admin.keys.created', 'Created'),
          wideOnly: true,
          cell: ({ createdAt, createdBy }) => (
            <span title={createdBy}>
              <Ago time={createdAt} never="" />
            </span>
          ),
        },
        {
          id: 'actions',
          header: <span className="sr-only">{t('admin.table.actions', 'Actions')}</span>,
          align: 'right',
          cell: (key) => {
            const over = key.status === 'active' ? undefined : notInForce();
            return (
              <div className={styles.actions}>
                {kind === 'ingestion' && (
                  <PermittedIcon
                    name="rocket"
                    label={t('admin.keys.test', 'Send a test event with {{name}}', { name: key.name })}
                    hindrance={mayNot}
                    onClick={() => onTest(key)}
                  />
                )}
                <PermittedIcon
                  name="pen"
                  label={t('admin.keys.edit', 'Change {{name}}', { name: key.name })}
                  hindrance={mayNot ?? over}
                  onClick={() => onEdit(key)}
                />
                <PermittedIcon
                  name="sync"
                  label={t('admin.keys.rotate', 'Rotate {{name}}', { name: key.name })}
                  hindrance={mayNot ?? over}
                  onClick={() => onRotate(key)}
                />
                <PermittedIcon
                  name="trash-alt"
                  label={t('admin.keys.revoke', 'Revoke {{name}}', { name: key.name })}
                  hindrance={mayNot ?? (key.status === 'revoked' ? revokedAlready() : undefined)}
                  onClick={() => onRevoke(key)}
                />
              </div>
            );
          },
        },
      ]}
    />
  );
}

const revokedAlready = () => t('admin.keys.revoked-already', 'It is revoked already.');
const notInForce = () => t('admin.keys.over', 'It is no longer in force.');

function Status({ of: { status, rotatedTo } }: { of: Key }) {
  switch (status) {
    case 'active':
      return rotatedTo === null ? (
        <Badge color="green" text={t('admin.key-status.active', 'Active')} />
      ) : (
        <Badge
          color="orange"
          text={t('admin.key-status.rotated', 'Rotated')}
          tooltip={t('admin.key-status.rotated-to', 'It works until it expires; {{id}} took over.', { id: rotatedTo })}
        />
      );
    case 'expired':
      return <QuietBadge text={t('admin.key-status.expired', 'Expired')} />;
    case 'revoked':
      return <Badge color="red" text={t('admin.key-status.revoked', 'Revoked')} />;
  }
}

function ownLimits({ limits }: Key) {
  const own = LIMIT_NAMES.filter((name) => limits[name] !== undefined);
  if (own.length === 0) {
    return t('admin.keys.no-limits', 'the tenant’s');
  }
  return (
    <Tooltip
      content={
        <ul>
          {own.map((name) => (
            <li key={name}>
              {limitName(name)}: {formatLimit(name, limits[name]!)}
            </li>
          ))}
        </ul>
      }
    >
      <span tabIndex={0}>{own.map((name) => formatLimit(name, limits[name]!)).join(', ')}</span>
    </Tooltip>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  name: css({ fontWeight: theme.typography.fontWeightMedium, overflowWrap: 'anywhere' }),
  id: css({ padding: 0, border: 'none', background: 'none', color: theme.colors.text.secondary }),
  actions: css({ display: 'flex', justifyContent: 'flex-end', gap: theme.spacing(0.5) }),
});
