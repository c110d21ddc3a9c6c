import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, Tooltip, useStyles2, useTheme2 } from '@grafana/ui';
import { t } from '../i18n';
import { testIds } from '../testIds';
import type { Facet } from './facets';
import { formatCount } from './format';
import { filterState, type FilterState, withFilter } from './query-text';
import { SEVERITIES, severityColor } from './signals';

interface Props {
  facets: readonly Facet[];
  query: string;
  onQuery: (query: string) => void;
}

/** The most frequent values of each field; each can be asked for, or left out. */
export function FacetList({ facets, query, onQuery }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <aside className={styles.list} aria-label={t('search.facets.label', 'Filters')} data-testid={testIds.search.facets}>
      {facets.map(({ field, values }) => {
        const most = Math.max(...values.map(({ count }) => count));
        return (
          <section key={field} aria-label={field}>
            <h3 className={styles.field}>{field}</h3>
            <ul className={styles.values}>
              {values.map(({ value, count }) => {
                const state = filterState(query, field, value);
                const set = (next: FilterState) => onQuery(withFilter(query, field, value, next));
                return (
                  <li key={value} className={styles.value} style={{ backgroundSize: `${(count / most) * 100}% 2px` }}>
                    <button
                      type="button"
                      className={cx(styles.name, state === 'excluded' && styles.excluded)}
                      aria-pressed={state === 'included'}
                      title={value}
                      onClick={() => set(state === 'included' ? null : 'included')}
                    >
                      {field === 'level' && <LevelDot level={value} />}
                      {value}
                    </button>
                    <IconButton
                      name={state === 'excluded' ? 'plus-circle' : 'minus-circle'}
                      size="sm"
                      className="exclude"
                      aria-pressed={state === 'excluded'}
                      aria-label={
                        state === 'excluded'
                          ? t('search.facets.readmit', 'No longer leave out {{field}} {{value}}', { field, value })
                          : t('search.facets.exclude', 'Leave out {{field}} {{value}}', { field, value })
                      }
                      onClick={() => set(state === 'excluded' ? null : 'excluded')}
                    />
                    <Tooltip content={t('search.facets.count', '{{count}} found', { count })}>
                      <span className={styles.count}>{formatCount(count)}</span>
                    </Tooltip>
                  </li>
                );
              })}
            </ul>
          </section>
        );
      })}
    </aside>
  );
}

function LevelDot({ level }: { level: string }) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const severity = SEVERITIES.find((name) => name === level) ?? null;
  return <span className={styles.dot} style={{ background: severityColor(theme, severity) }} aria-hidden />;
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(2),
    minWidth: 0,
    // On half a screen they stand above the results, side by side, and leave room for them.
    [theme.breakpoints.down('md')]: {
      display: 'grid',
      gridTemplateColumns: `repeat(auto-fill, minmax(${theme.spacing(22)}, 1fr))`,
      maxHeight: theme.spacing(24),
      overflowY: 'auto',
    },
  }),
  field: css({
    margin: theme.spacing(0, 0, 0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    color: theme.colors.text.secondary,
  }),
  values: css({ listStyle: 'none' }),
  value: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    height: theme.spacing(3),
    // The share of the value, as a line under it.
    backgroundImage: `linear-gradient(${theme.colors.border.medium}, ${theme.colors.border.medium})`,
    backgroundRepeat: 'no-repeat',
    backgroundPosition: 'left bottom',
    '.exclude': { opacity: 0 },
    '&:hover .exclude, &:focus-within .exclude, .exclude[aria-pressed=true]': { opacity: 1 },
  }),
  name: css({
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    textAlign: 'left',
    padding: 0,
    border: 'none',
    background: 'none',
    color: theme.colors.text.primary,
    '&:hover': { color: theme.colors.text.link },
    '&[aria-pressed=true]': { color: theme.colors.text.link, fontWeight: theme.typography.fontWeightMedium },
  }),
  dot: css({
    display: 'inline-block',
    width: theme.spacing(1),
    height: theme.spacing(1),
    borderRadius: 2,
    marginRight: theme.spacing(0.75),
  }),
  excluded: css({ textDecoration: 'line-through', color: theme.colors.text.secondary }),
  count: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
});
