import React, { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2, getTimeZone } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { Stack, useStyles2 } from '@grafana/ui';
import { useMissingSettings } from '../settings';
import { NotConfigured } from '../states/NotConfigured';
import { testIds } from '../testIds';
import { NO_TRACE, TRACE_URL } from '../trace/trace-url';
import { useUrlState } from '../url-state/url-state';
import { knownValues, mergeFacets } from './facets';
import { FacetList } from './FacetList';
import { useKeys } from './keys';
import { LiveTail } from './live/LiveTail';
import { PageActions } from './PageActions';
import { ResultPane } from './ResultPane';
import { SearchBox } from './SearchBox';
import { rawTimesOf, requestOf, SEARCH_URL, timeRangeOf } from './search-url';
import { SignalTabs } from './SignalTabs';
import { SourceStrip } from './SourceStrip';
import { absolute, shifted, zoomedOut } from './time-steps';
import { TimeControls } from './TimeControls';
import { useSearch } from './use-search';
import { VolumeChart } from './VolumeChart';

const TraceDrawer = lazy(() => import('../trace/TraceDrawer'));

export default function SearchPage() {
  return useMissingSettings().length > 0 ? (
    <PluginPage>
      <NotConfigured />
    </PluginPage>
  ) : (
    <Search />
  );
}

const PAGE_URL = { ...SEARCH_URL, ...TRACE_URL };
const SIGNALS = ['logs', 'traces', 'metrics'] as const;

function Search() {
  const styles = useStyles2(getStyles);
  const box = useRef<HTMLInputElement>(null);
  const [url, setUrl] = useUrlState(PAGE_URL);
  const [timeZone, setTimeZone] = useState(getTimeZone);
  // `now` moves: asking again is a wish of its own, though the URL stays the same.
  const [asked, setAsked] = useState(0);

  const { q, from, to, signal, hit, view, live } = url;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `asked` gives `now` its time
  const range = useMemo(() => timeRangeOf({ from, to }), [from, to, asked]);
  const request = useMemo(() => (live ? null : requestOf(q, range)), [live, q, range]);
  const { running, results, failure, stale, cancel, more } = useSearch(request);

  // A choice of time is a choice against `live`, which has none.
  const setRange = (next: typeof range) => setUrl({ ...rawTimesOf(next), live: false, hit: '' });
  const setQuery = (next: string) => {
    if (next === q) {
      setAsked(asked + 1);
    } else {
      setUrl({ q: next, hit: '' });
    }
  };

  useKeys({
    '/': () => box.current?.focus(),
    't z': () => setRange(zoomedOut(range)),
    't ArrowLeft': () => setRange(shifted(range, -1)),
    't ArrowRight': () => setRange(shifted(range, 1)),
  });

  const shownSources = useMemo(
    () => new Set(results.sources.filter((s) => signal === 'all' || s.signal === signal).map((s) => s.source)),
    [results.sources, signal]
  );
  const facets = useMemo(() => mergeFacets(results.facets, shownSources), [results.facets, shownSources]);
  const known = useMemo(() => knownValues(facets, results.hits), [facets, results.hits]);
  const histograms = results.histograms.filter((h) => signal === 'all' || h.signal === signal);
  const shownSignals = signal === 'all' ? SIGNALS : [signal];
  // Room is kept for what is on its way, and for nothing else.
  const hasVolume = running || histograms.length > 0;
  const hasFacets = running || facets.length > 0;

  return (
    <PluginPage
      actions={
        <Stack gap={1} wrap="wrap" justifyContent="flex-end">
          <PageActions url={url} range={range} onUrl={setUrl} />
          <TimeControls
            range={range}
            timeZone={timeZone}
            onChange={setRange}
            onChangeTimeZone={setTimeZone}
            onRefresh={() => setAsked(asked + 1)}
          />
        </Stack>
      }
    >
      <div className={styles.page} data-testid={testIds.search.page}>
        <SearchBox
          query={q}
          running={running}
          known={known}
          mistakes={failure?.mistakes ?? []}
          inputRef={box}
          onSearch={setQuery}
          onCancel={cancel}
        />
        {live ? (
          <LiveTail
            open={hit}
            view={view}
            timeZone={timeZone}
            withDate={false}
            query={q}
            onOpen={(id) => setUrl({ hit: id }, { replace: true })}
            onView={(next) => setUrl({ view: next }, { replace: true })}
            onQuery={setQuery}
          />
        ) : (
          <>
            <div className={styles.bar}>
              <SignalTabs hits={results.hits} value={signal} onChange={(next) => setUrl({ signal: next, hit: '' })} />
              <SourceStrip sources={results.sources} running={running} />
            </div>
            <div className={styles.body} style={{ opacity: stale ? 0.6 : 1 }}>
              {hasVolume && (
                <VolumeChart
                  histograms={histograms}
                  pending={running ? shownSignals : []}
                  range={range}
                  timeZone={timeZone}
                  onZoom={(a, b) => setRange(absolute(a, b))}
                />
              )}
              <div className={hasFacets ? styles.columns : undefined}>
                {hasFacets && <FacetList facets={facets} query={q} onQuery={setQuery} />}
                <ResultPane
                  hits={results.hits}
                  sources={results.sources}
                  signal={signal}
                  running={running}
                  failure={failure}
                  open={hit}
                  timeZone={timeZone}
                  withDate={range.to.diff(range.from, 'hours') >= 24}
                  query={q}
                  view={view}
                  onSignal={(next) => setUrl({ signal: next })}
                  onOpen={(id) => setUrl({ hit: id }, { replace: true })}
                  onView={(next) => setUrl({ view: next }, { replace: true })}
                  onQuery={setQuery}
                  onRetry={() => setAsked(asked + 1)}
                  onWiden={() => setRange(zoomedOut(zoomedOut(range)))}
                  onMore={more}
                />
              </div>
            </div>
          </>
        )}
      </div>
      {url.trace && (
        <Suspense fallback={null}>
          <TraceDrawer
            url={url}
            query={q}
            onUrl={setUrl}
            onQuery={(next) => setUrl({ ...NO_TRACE, q: next, signal: 'all', hit: '' })}
            onClose={() => setUrl(NO_TRACE)}
          />
        </Suspense>
      )}
    </PluginPage>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5), minWidth: 0 }),
  bar: css({ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', gap: theme.spacing(1) }),
  body: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5) }),
  columns: css({
    display: 'grid',
    gridTemplateColumns: `${theme.spacing(26)} minmax(0, 1fr)`,
    gap: theme.spacing(2),
    // A laptop's split screen: the filters go above the results.
    [theme.breakpoints.down('md')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
});
