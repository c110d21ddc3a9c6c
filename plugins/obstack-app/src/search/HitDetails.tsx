import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Button, ClipboardButton, IconButton, LinkButton, useStyles2 } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { testIds } from '../testIds';
import { exploreHit, exploreTrace } from './explore-links';
import { withFilter } from './query-text';

interface Props {
  hit: SearchHit;
  query: string;
  onQuery: (query: string) => void;
}

/** Everything known of one hit, each part of it a way on. */
export function HitDetails({ hit, query, onQuery }: Props) {
  const styles = useStyles2(getStyles);
  const { title, traceId, attributes, nativeQuery, source } = hit;
  const explore = exploreHit(hit);
  const trace = traceId && exploreTrace(hit, traceId);
  return (
    <div className={styles.details} data-testid={testIds.search.details}>
      <pre className={styles.title}>{title}</pre>
      <div className={styles.actions}>
        {traceId && (
          <Button
            size="sm"
            variant="secondary"
            icon="filter"
            onClick={() => onQuery(withFilter(query, 'trace', traceId, 'included'))}
          >
            <Trans i18nKey="search.hit.same-trace">All of this trace</Trans>
          </Button>
        )}
        {trace && (
          <LinkButton size="sm" variant="secondary" icon="gf-traces" href={trace}>
            <Trans i18nKey="search.hit.open-trace">Open the trace</Trans>
          </LinkButton>
        )}
        {explore && (
          <LinkButton size="sm" variant="secondary" icon="compass" href={explore}>
            <Trans i18nKey="search.hit.explore">Open in Explore</Trans>
          </LinkButton>
        )}
        <ClipboardButton size="sm" variant="secondary" icon="copy" fill="text" getText={() => title}>
          <Trans i18nKey="search.hit.copy">Copy</Trans>
        </ClipboardButton>
        <ClipboardButton size="sm" variant="secondary" icon="link" fill="text" getText={() => window.location.href}>
          <Trans i18nKey="search.hit.copy-link">Copy link</Trans>
        </ClipboardButton>
      </div>
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
    </div>
  );
}

const LANGUAGE: Readonly<Record<SearchHit['source'], string>> = {
  loki: 'LogQL',
  tempo: 'TraceQL',
  prometheus: 'PromQL',
  opensearch: 'OpenSearch',
};

const getStyles = (theme: GrafanaTheme2) => ({
  details: css({ padding: theme.spacing(0.5, 1.5, 1.5, 1.5), display: 'grid', gap: theme.spacing(1) }),
  title: css({
    margin: 0,
    padding: theme.spacing(1),
    maxHeight: theme.spacing(30),
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
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
