import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, useStyles2 } from '@grafana/ui';
import type { AuditEvent } from '@obstack/contracts';
import { t } from '../../i18n';
import type { AuditUrl } from './audit-url';
import { diffRows } from './diff-rows';

interface Props {
  event: AuditEvent;
  onFilter: (patch: Partial<AuditUrl>) => void;
}

/** What changed, field by field, and from where it was done. */
export function AuditDetails({ event, onFilter }: Props) {
  const styles = useStyles2(getStyles);
  const { actor, target, reason, requestId, diff } = event;
  const facts: Array<[string, string | null]> = [
    [t('admin.audit.reason', 'Reason'), reason],
    [t('admin.audit.from', 'From'), actor.ip],
    [t('admin.audit.agent', 'With'), actor.userAgent],
    [t('admin.audit.actor-id', 'Actor'), `${actor.type}:${actor.id}`],
    [t('admin.audit.request', 'Request'), requestId],
  ];
  return (
    <div className={styles.columns}>
      <div>
        <dl className={styles.facts}>
          {facts.map(
            ([name, value]) =>
              value && (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              )
          )}
        </dl>
        {target.id && (
          <Button size="sm" variant="secondary" icon="filter" onClick={() => onFilter({ target: target.id! })}>
            <Trans i18nKey="admin.audit.same-target">All that was done to it</Trans>
          </Button>
        )}
      </div>
      {diff === null ? (
        <p className={styles.nothing}>
          <Trans i18nKey="admin.audit.no-diff">Nothing changed.</Trans>
        </p>
      ) : (
        <table className={styles.diff} aria-label={t('admin.audit.diff', 'What changed')}>
          <thead>
            <tr>
              <th scope="col">{t('admin.audit.field', 'Field')}</th>
              <th scope="col">{t('admin.audit.before', 'Before')}</th>
              <th scope="col">{t('admin.audit.after', 'After')}</th>
            </tr>
          </thead>
          <tbody>
            {diffRows(diff).map(({ field, before, after }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td className={styles.before}>{before !== null && <del>{before}</del>}</td>
                <td className={styles.after}>{after !== null && <ins>{after}</ins>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  columns: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 2fr)',
    gap: theme.spacing(3),
    [theme.breakpoints.down('md')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
  facts: css({
    margin: 0,
    dt: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    dd: { margin: theme.spacing(0, 0, 0.5), overflowWrap: 'anywhere' },
  }),
  nothing: css({ color: theme.colors.text.secondary }),
  diff: css({
    width: '100%',
    height: 'fit-content',
    fontFamily: theme.typography.fontFamilyMonospace,
    'th, td': { verticalAlign: 'top', overflowWrap: 'anywhere' },
    'del, ins': { textDecoration: 'none' },
  }),
  before: css({ color: theme.colors.error.text }),
  after: css({ color: theme.colors.success.text }),
});
