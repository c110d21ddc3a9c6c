import React, { useCallback, useState } from 'react';
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Alert, Button, ClipboardButton, Drawer, LinkButton, Tab, TabsBar, useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { RelatedPanel } from '../related/RelatedPanel';
import { exploreTrace } from '../search/explore-links';
import { formatMs } from '../search/format';
import { Empty } from '../states/Empty';
import { FailureState } from '../states/FailureState';
import { Loading } from '../states/Loading';
import { testIds } from '../testIds';
import { SpanDetails } from './SpanDetails';
import { type Span, startOf, type Trace } from './trace';
import { TRACE_PANES, type TracePane, type TraceUrl } from './trace-url';
import { useFocusReturn } from './use-focus-return';
import { useTrace } from './use-trace';
import { Waterfall } from './Waterfall';

interface Props {
  url: TraceUrl;
  query: string;
  /** `replace`: not a step that Back would go back by. */
  onUrl: (patch: Partial<TraceUrl>, options?: { replace: boolean }) => void;
  /** Leaves the trace for what a search finds. */
  onQuery: (query: string) => void;
  onClose: () => void;
}

/** One trace over the page that led to it: where its time went, what failed in it, and the ways on. */
export default function TraceDrawer({ url, query, onUrl, onQuery, onClose }: Props) {
  const [asked, setAsked] = useState(0);
  useFocusReturn();
  const state = useTrace(url.trace, asked);
  const trace = state.kind === 'trace' ? state.trace : undefined;
  return (
    <Drawer
      title={trace ? titleOf(trace) : t('trace.title', 'Trace {{id}}', { id: url.trace })}
      subtitle={trace && <Facts trace={trace} />}
      size="lg"
      scrollableContent={false}
      onClose={onClose}
      tabs={trace && <Panes pane={url.pane} onPane={(pane) => onUrl({ pane }, { replace: true })} />}
    >
      {state.kind === 'loading' && <Loading rows={16} />}
      {state.kind === 'failure' && <FailureState failure={state.failure} onRetry={() => setAsked(asked + 1)} />}
      {state.kind === 'none' && (
        <Empty
          title={t('trace.none.title', 'There is no such trace')}
          action={
            <Button variant="secondary" icon="sync" onClick={() => setAsked(asked + 1)}>
              <Trans i18nKey="trace.none.retry">Look again</Trans>
            </Button>
          }
        >
          <Trans i18nKey="trace.none.remedy">
            It was not sampled, has expired, or has not arrived yet: a trace is complete a few seconds after its last
            span.
          </Trans>
        </Empty>
      )}
      {trace && <Panel trace={trace} url={url} query={query} onUrl={onUrl} onQuery={onQuery} />}
    </Drawer>
  );
}

function Panel({ trace, url, query, onUrl, onQuery }: Omit<Props, 'onClose'> & { trace: Trace }) {
  const styles = useStyles2(getStyles);
  const open = trace.spans.find(({ id }) => id === url.span);
  const onOpen = useCallback((span: string) => onUrl({ span }, { replace: true }), [onUrl]);
  const subject = open ?? trace.spans[0]!;

  return (
    <div className={styles.panel} data-testid={testIds.trace.drawer}>
      <div className={styles.actions}>
        <Button
          size="sm"
          variant="secondary"
          icon="gf-logs"
          onClick={() => onQuery(`trace:${trace.id}`)}
          data-testid={testIds.trace.logs}
        >
          <Trans i18nKey="trace.search">Search this trace</Trans>
        </Button>
        <ExploreLink trace={trace} />
        <ClipboardButton size="sm" variant="secondary" fill="text" icon="copy" getText={() => trace.id}>
          <Trans i18nKey="trace.copy-id">Copy trace ID</Trans>
        </ClipboardButton>
        <ClipboardButton size="sm" variant="secondary" fill="text" icon="link" getText={() => window.location.href}>
          <Trans i18nKey="trace.copy-link">Copy link</Trans>
        </ClipboardButton>
      </div>
      {trace.partial !== null && (
        <Alert severity="warning" title={t('trace.partial', 'A part of this trace is missing')}>
          {trace.partial}
        </Alert>
      )}
      {url.pane === 'related' ? (
        <div className={styles.scroll}>
          <p className={styles.quiet}>
            {t('trace.related-to', 'To {{service}} {{name}}, at its time', {
              service: subject.service,
              name: subject.name,
            })}
          </p>
          <RelatedPanel anchor={anchorOf(trace, subject)} query={query} onQuery={onQuery} />
        </div>
      ) : (
        <div className={styles.split}>
          <Waterfall key={trace.id} trace={trace} open={open ? url.span : ''} onOpen={onOpen} />
          {open && (
            <SpanDetails
              trace={trace}
              span={open}
              onClose={() => onOpen('')}
              onOpenTrace={(id, span) => onUrl({ trace: id, span, pane: 'spans' })}
              actions={
                <>
                  <Button
                    size="sm"
                    variant="secondary"
                    icon="link"
                    onClick={() => onUrl({ pane: 'related' }, { replace: true })}
                  >
                    <Trans i18nKey="trace.span.related">Related to this span</Trans>
                  </Button>
                  <Button
                    size="sm"
                    variant="secondary"
                    icon="gf-logs"
                    onClick={() => onQuery(`trace:${trace.id} span:${open.id}`)}
                  >
                    <Trans i18nKey="trace.span.search">Search this span</Trans>
                  </Button>
                </>
              }
            />
          )}
        </div>
      )}
    </div>
  );
}

function ExploreLink({ trace }: { trace: Trace }) {
  const href = exploreTrace({ time: trace.start }, trace.id);
  return (
    href && (
      <LinkButton size="sm" variant="secondary" icon="compass" href={href}>
        <Trans i18nKey="trace.explore">Open in Explore</Trans>
      </LinkButton>
    )
  );
}

function Panes({ pane, onPane }: { pane: TracePane; onPane: (pane: TracePane) => void }) {
  return (
    <TabsBar hideBorder>
      {TRACE_PANES.map((each) => (
        <Tab key={each} label={paneName(each)} active={each === pane} onChangeTab={() => onPane(each)} />
      ))}
    </TabsBar>
  );
}

function Facts({ trace }: { trace: Trace }) {
  const styles = useStyles2(getStyles);
  return (
    <span className={styles.facts}>
      <span>{formatMs(trace.durationMs)}</span>
      <span>{dateTimeFormat(trace.start)}</span>
      <span>{t('trace.count.spans', 'Spans: {{count}}', { count: trace.spans.length })}</span>
      <span>{t('trace.count.services', 'Services: {{count}}', { count: trace.services.length })}</span>
      {trace.errors > 0 && (
        <span className={styles.bad}>{t('trace.count.errors', 'Errors: {{count}}', { count: trace.errors })}</span>
      )}
    </span>
  );
}

function paneName(pane: TracePane): string {
  switch (pane) {
    case 'spans':
      return t('trace.pane.spans', 'Spans');
    case 'related':
      return t('trace.pane.related', 'Logs and metrics');
  }
}

const titleOf = ({ spans }: Trace) => `${spans[0]!.service}: ${spans[0]!.name}`;

const anchorOf = (trace: Trace, span: Span) => ({
  signal: 'traces' as const,
  id: trace.id,
  time: startOf(span),
  service: span.service || null,
  traceId: trace.id,
});

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0, gap: theme.spacing(1) }),
  actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
  facts: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0, 2), fontVariantNumeric: 'tabular-nums' }),
  bad: css({ color: theme.colors.error.text }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  scroll: css({ flex: 1, minHeight: 0, overflow: 'auto' }),
  split: css({
    flex: 1,
    minHeight: 0,
    display: 'flex',
    gap: theme.spacing(2),
    '> section': { width: 'min(38%, 460px)' },
    [theme.breakpoints.down('lg')]: {
      flexDirection: 'column',
      '> section': { width: 'auto', maxHeight: '50%' },
    },
  }),
});
