import React, { useMemo, useState } from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2, getTimeZone } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { PluginPage } from '@grafana/runtime';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { useKeys } from '../search/keys';
import { rawTimesOf, timeRangeOf } from '../search/search-url';
import { shifted, zoomedOut } from '../search/time-steps';
import { TimeControls } from '../search/TimeControls';
import { useMissingSettings } from '../settings';
import { Empty } from '../states/Empty';
import { FailureState } from '../states/FailureState';
import { Loading } from '../states/Loading';
import { NotConfigured } from '../states/NotConfigured';
import type { Failure } from '../streams/failure';
import { testIds } from '../testIds';
import { useUrlState } from '../url-state/url-state';
import { Events } from './Events';
import { healthOf, topErrorsOf } from './health';
import { alertsOf, annotated, deploysOf } from './markers';
import { OVERVIEW_URL } from './overview-url';
import { ServiceTable } from './ServiceTable';
import { TopErrors } from './TopErrors';
import { Totals } from './Totals';
import { useOverview } from './use-overview';

export default function OverviewPage() {
  return useMissingSettings().length > 0 ? (
    <PluginPage>
      <NotConfigured />
    </PluginPage>
  ) : (
    <Overview />
  );
}

/** How every service is, what fails most, and what happened meanwhile. */
function Overview() {
  const styles = useStyles2(getStyles);
  const [{ from, to, sort }, setUrl] = useUrlState(OVERVIEW_URL);
  const [timeZone, setTimeZone] = useState(getTimeZone);
  const [asked, setAsked] = useState(0);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `asked` gives `now` its time
  const range = useMemo(() => timeRangeOf({ from, to }), [from, to, asked]);
  const { running, answers, failures, stepMs } = useOverview(range);

  const setRange = (next: typeof range) => setUrl(rawTimesOf(next));
  const ask = () => setAsked(asked + 1);
  useKeys({
    't z': () => setRange(zoomedOut(range)),
    't ArrowLeft': () => setRange(shifted(range, -1)),
    't ArrowRight': () => setRange(shifted(range, 1)),
  });

  const start = range.from.valueOf();
  const services = useMemo(() => healthOf(answers), [answers]);
  const markers = useMemo(
    () =>
      [
        ...deploysOf(answers.versions ?? [], start, stepMs),
        ...alertsOf(answers.alerts ?? [], stepMs),
        ...annotated(answers.annotations ?? []),
      ].sort((a, b) => a.at - b.at),
    [answers.versions, answers.alerts, answers.annotations, start, stepMs]
  );
  const errors = useMemo(() => topErrorsOf(answers.topErrors), [answers.topErrors]);
  const times = { from, to };
  const failure = failures.rate ?? failures.errorLines;
  // All figures at once: rows that change places while one reads them are worse than a short wait.
  const isReady = FIGURES.every((part) => answers[part] ?? failures[part]);
  const missing = missingParts(failures);

  return (
    <PluginPage
      actions={
        <TimeControls
          range={range}
          timeZone={timeZone}
          onChange={setRange}
          onChangeTimeZone={setTimeZone}
          onRefresh={ask}
        />
      }
    >
      <div className={styles.page} data-testid={testIds.overview.page} aria-busy={running}>
        {!isReady ? (
          <Loading rows={14} />
        ) : services.length === 0 && failure ? (
          <FailureState failure={failure} onRetry={ask} />
        ) : services.length === 0 ? (
          <Empty
            title={t('overview.empty.title', 'No service was heard of')}
            action={
              <Button variant="secondary" icon="search-minus" onClick={() => setRange(zoomedOut(zoomedOut(range)))}>
                <Trans i18nKey="overview.empty.widen">Look at four times the range</Trans>
              </Button>
            }
          >
            <Trans i18nKey="overview.empty.remedy">
              None reported requests or failed in this time. Services are known by the HTTP and RPC metrics of
              OpenTelemetry, and by their logs.
            </Trans>
          </Empty>
        ) : (
          <>
            {missing.length > 0 && (
              <Alert severity="warning" title={t('overview.missing', 'Something of this is missing')}>
                {missing.join(' ')}
              </Alert>
            )}
            <Totals services={services} />
            <Events markers={markers} isKnown={!running} range={range} timeZone={timeZone} />
            <ServiceTable
              services={services}
              markers={markers}
              range={range}
              stepMs={stepMs}
              sort={sort}
              times={times}
              onSort={(next) => setUrl({ sort: next }, { replace: true })}
            />
            <TopErrors errors={errors} isKnown={answers.topErrors !== undefined || !running} times={times} />
          </>
        )}
      </div>
    </PluginPage>
  );
}

const FIGURES = ['rate', 'failures', 'p95', 'errorLines'] as const;

/** In the words of whoever did not answer; each once. */
const missingParts = (failures: Readonly<Record<string, Failure | undefined>>) => [
  ...new Set(Object.values(failures).flatMap((failure) => failure?.message || [])),
];

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2.5), minWidth: 0 }),
});
