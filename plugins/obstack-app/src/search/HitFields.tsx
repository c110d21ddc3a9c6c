import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, useStyles2 } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { t } from '../i18n';
import { withFilter } from './query-text';

interface Props {
  hit: SearchHit;
  query: string;
  onQuery: (query: string) => void;
}

/** The attributes of a hit, each to be asked for or left out, and the query that finds it in its store. */
export function HitFields({ hit: { attributes, nativeQuery, source }, query, onQuery }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.attributes}>
      {Object.entries(attributes).map(([name, value]) => (
        <div key={name} className={styles.attribute}>
          <dt>{name}</dt>
          <dd>
            {value}
            <span className="filters">
              <IconButton
                name="plus-circle"
                size="sm"
                aria-label={t('search.hit.include', 'Only with {{name}} {{value}}', { name, value })}
                onClick={() => onQuery(withFilter(query, `@${name}`, value, 'included'))}
              />
              <IconButton
                name="minus-circle"
                size="sm"
                aria-label={t('search.hit.exclude', 'Without {{name}} {{value}}', { name, value })}
                onClick={() => onQuery(withFilter(query, `@${name}`, value, 'excluded'))}
              />
            </span>
          </dd>
        </div>
      ))}
      <div className={styles.attribute}>
        <dt>{LANGUAGE[source]}</dt>
        <dd>
          <code className={styles.native}>{nativeQuery}</code>
        </dd>
      </div>
    </dl>
  );
}

const LANGUAGE: Readonly<Record<SearchHit['source'], string>> = {
  loki: 'LogQL',
  tempo: 'TraceQL',
  prometheus: 'PromQL',
  opensearch: 'OpenSearch',
};

const getStyles = (theme: GrafanaTheme2) => ({
  attributes: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 440px), 1fr))',
    gap: theme.spacing(0, 3),
    margin: 0,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  attribute: css({
    display: 'flex',
    gap: theme.spacing(1),
    minHeight: theme.spacing(3),
    alignItems: 'baseline',
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    dt: {
      color: theme.colors.text.secondary,
      fontWeight: 'normal',
      flexShrink: 0,
      width: '40%',
      overflowWrap: 'anywhere',
    },
    dd: { margin: 0, flex: 1, minWidth: 0, overflowWrap: 'anywhere', fontFamily: theme.typography.fontFamilyMonospace },
    '.filters': { marginLeft: theme.spacing(1), opacity: 0, whiteSpace: 'nowrap' },
    '&:hover .filters, &:focus-within .filters': { opacity: 1 },
  }),
  native: css({ padding: 0, border: 'none', background: 'none', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
});
