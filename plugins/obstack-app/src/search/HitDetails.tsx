import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, ClipboardButton, LinkButton, Tab, TabsBar, useStyles2 } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { t } from '../i18n';
import { MetricChart } from '../charts/MetricChart';
import { RelatedPanel } from '../related/RelatedPanel';
import { testIds } from '../testIds';
import { TRACE_URL } from '../trace/trace-url';
import { useUrlState } from '../url-state/url-state';
import { exploreHit } from './explore-links';
import { HitFields } from './HitFields';
import { LogContext } from './LogContext';
import { withFilter } from './query-text';
import { HIT_VIEWS, type HitView } from './search-url';

interface Props {
  hit: SearchHit;
  query: string;
  /** Without it, the fields alone: as within what is related to another. */
  view?: HitView;
  onQuery: (query: string) => void;
  onView?: (view: HitView) => void;
}

/** Everything known of one hit, each part of it a way on. */
export function HitDetails({ hit, query, view = 'fields', onQuery, onView }: Props) {
  const styles = useStyles2(getStyles);
  const { title, traceId, spanId, signal } = hit;
  const [, setTrace] = useUrlState(TRACE_URL);
  const explore = exploreHit(hit);
  // Only Loki says what came before and after.
  const views = HIT_VIEWS.filter((each) => each !== 'context' || hit.source === 'loki');
  const shown = views.includes(view) ? view : 'fields';
  return (
    <div className={styles.details} data-testid={testIds.search.details}>
      <pre className={styles.title}>{title}</pre>
      <div className={styles.actions}>
        {traceId && (
          <>
            <Button
              size="sm"
              variant={signal === 'traces' ? 'primary' : 'secondary'}
              icon="gf-traces"
              onClick={() => setTrace({ trace: traceId, span: spanId ?? '', pane: 'spans' })}
              data-testid={testIds.trace.open}
            >
              <Trans i18nKey="search.hit.open-trace">Open the trace</Trans>
            </Button>
            <Button
              size="sm"
              variant="secondary"
              icon="filter"
              onClick={() => onQuery(withFilter(query, 'trace', traceId, 'included'))}
            >
              <Trans i18nKey="search.hit.same-trace">All of this trace</Trans>
            </Button>
          </>
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
      {onView && (
        <TabsBar>
          {views.map((each) => (
            <Tab key={each} label={viewName(each)} active={each === shown} onChangeTab={() => onView(each)} />
          ))}
        </TabsBar>
      )}
      {shown === 'fields' && signal === 'metrics' && <MetricChart hit={hit} />}
      {shown === 'fields' && <HitFields hit={hit} query={query} onQuery={onQuery} />}
      {shown === 'related' && <RelatedPanel anchor={hit} query={query} onQuery={onQuery} />}
      {shown === 'context' && <LogContext hit={hit} />}
    </div>
  );
}

function viewName(view: HitView): string {
  switch (view) {
    case 'fields':
      return t('search.hit.view.fields', 'Fields');
    case 'related':
      return t('search.hit.view.related', 'Related');
    case 'context':
      return t('search.hit.view.context', 'In context');
  }
}

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
});
