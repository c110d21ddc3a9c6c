import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { searchLink } from '../links/search-link';
import { formatCount } from '../search/format';
import { filterText } from '../search/query-text';
import { Loading } from '../states/Loading';
import { testIds } from '../testIds';
import type { TopError } from './health';
import { MASK } from './queries';

interface Props {
  errors: readonly TopError[];
  /** The store has answered, or will not. */
  isKnown: boolean;
  times: { from: string; to: string };
}

/** What fails most: lines that differ in ids and numbers only are one. */
export function TopErrors({ errors, isKnown, times }: Props) {
  const styles = useStyles2(getStyles);
  const most = errors[0]?.count ?? 1;
  return (
    <section aria-label={t('overview.errors.label', 'Top errors')} data-testid={testIds.overview.errors}>
      <h2 className={styles.title}>
        <Trans i18nKey="overview.errors.title">Top errors</Trans>
      </h2>
      {!isKnown && <Loading rows={4} />}
      {isKnown && errors.length === 0 && (
        <p className={styles.none}>
          <Trans i18nKey="overview.errors.none">No log line said that something failed.</Trans>
        </p>
      )}
      <ol className={styles.list}>
        {errors.map(({ service, message, count }) => (
          <li key={`${service} ${message}`}>
            <a
              className={styles.row}
              href={searchLink({ q: queryOf(service, message), signal: 'logs', ...times })}
              style={{ backgroundSize: `${(count / most) * 100}% 100%` }}
            >
              <span className={styles.count}>{formatCount(count)}</span>
              <span className={styles.service}>{service}</span>
              <span className={styles.message}>{message}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Finds the lines again, by the longest part of them that is always the same. */
export function queryOf(service: string, message: string): string {
  const fixed = message
    .split(MASK)
    .map((part) => part.trim())
    .sort((a, b) => b.length - a.length)[0];
  const words = fixed ? [`"${fixed.replace(/["\\]/g, '\\$&')}"`] : [];
  return [filterText('service', service), 'level:error', ...words].join(' ');
}

const getStyles = (theme: GrafanaTheme2) => ({
  title: css({
    margin: theme.spacing(0, 0, 0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    color: theme.colors.text.secondary,
  }),
  none: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  list: css({ listStyle: 'none' }),
  row: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1.5),
    height: theme.spacing(4),
    // The share of the most frequent one.
    backgroundImage: `linear-gradient(${theme.colors.error.transparent}, ${theme.colors.error.transparent})`,
    backgroundRepeat: 'no-repeat',
    backgroundPosition: 'left bottom',
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    '&:hover, &:focus-visible': { backgroundColor: theme.colors.action.hover },
  }),
  count: css({ width: theme.spacing(6), textAlign: 'right', fontVariantNumeric: 'tabular-nums' }),
  service: css({ width: theme.spacing(14), overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  message: css({
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
