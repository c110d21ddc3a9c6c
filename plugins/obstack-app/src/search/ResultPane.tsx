import React, { type ComponentProps } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import type { SearchSourceStatus } from '@obstack/contracts/search';
import { t } from '../i18n';
import { Empty } from '../states/Empty';
import { FailureState } from '../states/FailureState';
import { Loading } from '../states/Loading';
import { NotAllowed } from '../states/NotAllowed';
import { NotConfigured } from '../states/NotConfigured';
import type { Failure } from '../streams/failure';
import { testIds } from '../testIds';
import { HitList } from './HitList';
import { outcomeOf } from './outcome';
import type { SignalView } from './search-url';
import { signalName } from './signals';

interface Props extends Omit<ComponentProps<typeof HitList>, 'label'> {
  sources: readonly SearchSourceStatus[];
  signal: SignalView;
  running: boolean;
  failure: Failure | null;
  onSignal: (signal: SignalView) => void;
  onRetry: () => void;
  onWiden: () => void;
  /** Undefined when there is no more. */
  onMore: (() => void) | undefined;
}

/** The results; or, instead of them, why there are none and what to do about it. */
export function ResultPane(props: Props) {
  const { hits, sources, signal, running, failure, onRetry, onWiden, onMore } = props;
  const { open, timeZone, withDate, query, view, onOpen, onQuery, onView } = props;
  const list = { open, timeZone, withDate, query, view, onOpen, onQuery, onView };
  const shown = signal === 'all' ? hits : hits.filter((hit) => hit.signal === signal);
  const styles = useStyles2(getStyles);
  const outcome = outcomeOf({ hits: shown.length, sources, signal, running, failure });

  switch (outcome.kind) {
    case 'loading':
      return signal === 'all' ? <Sections {...props} /> : <Loading />;
    case 'invalid':
      return (
        <Empty title={t('search.invalid.title', 'The search was not understood')}>
          <Trans i18nKey="search.invalid.remedy">What is wrong with it stands under the box, at its place.</Trans>
        </Empty>
      );
    case 'failure':
      return <FailureState failure={outcome.failure} onRetry={onRetry} />;
    case 'not-allowed':
      return <NotAllowed>{outcome.reason}</NotAllowed>;
    case 'not-configured':
      return <NotConfigured>{outcome.reason}</NotConfigured>;
    case 'empty':
      return (
        <Empty
          action={
            <Button variant="secondary" icon="search-minus" onClick={onWiden}>
              <Trans i18nKey="search.empty.widen">Search four times the range</Trans>
            </Button>
          }
        >
          <Trans i18nKey="search.empty.remedy">
            Every source answered, and none has anything like it in this range. Take a filter out, or widen the time.
          </Trans>
        </Empty>
      );
    case 'hits':
      return (
        <div className={styles.pane}>
          {failure && (
            <Alert severity="warning" title={t('search.cut.title', 'The answer broke off')} className={styles.alert}>
              {t('search.cut.detail', 'What came before is shown. {{message}}', { message: failure.message })}
            </Alert>
          )}
          {signal === 'all' ? <Sections {...props} /> : <HitList label={signalName(signal)} hits={shown} {...list} />}
          {onMore && signal !== 'all' && (
            <div className={styles.more}>
              <Button variant="secondary" onClick={onMore} data-testid={testIds.search.more}>
                <Trans i18nKey="search.more">Show more</Trans>
              </Button>
            </div>
          )}
        </div>
      );
  }
}

/** How many rows of each signal the overview of all has room for. */
const PREVIEW = { logs: 12, traces: 8, metrics: 5 };
const SIGNALS = ['logs', 'traces', 'metrics'] as const;

function Sections(props: Props) {
  const { sources, running, hits, onSignal, open, timeZone, withDate, query, view, onOpen, onQuery, onView } = props;
  const list = { hits, open, timeZone, withDate, query, view, onOpen, onQuery, onView };
  return (
    <>
      {SIGNALS.map((signal) => (
        <SignalSection
          key={signal}
          signal={signal}
          isPending={running && !sources.some((source) => source.signal === signal)}
          onSignal={onSignal}
          {...list}
        />
      ))}
    </>
  );
}

interface SectionProps extends Omit<ComponentProps<typeof HitList>, 'label'> {
  signal: (typeof SIGNALS)[number];
  /** None of its sources has answered yet. */
  isPending: boolean;
  onSignal: Props['onSignal'];
}

/** The newest of one signal. Sections of their own, so that what arrives late does not move what is being read. */
function SignalSection({ signal, isPending, hits, onSignal, ...list }: SectionProps) {
  const styles = useStyles2(getStyles);
  const all = hits.filter((hit) => hit.signal === signal);
  const name = signalName(signal);
  return (
    <section className={styles.section} aria-label={name}>
      <div className={styles.sectionHead}>
        <h2 className={styles.sectionName}>{name}</h2>
        {all.length > PREVIEW[signal] && (
          <Button size="sm" fill="text" onClick={() => onSignal(signal)}>
            {t('search.section.all', 'Show all {{count}}', { count: all.length })}
          </Button>
        )}
      </div>
      {all.length > 0 && <HitList label={name} hits={all.slice(0, PREVIEW[signal])} {...list} />}
      {/* Room for what is on its way: what comes first must not be pushed about by what comes next. */}
      {isPending && <Loading rows={Math.max(0, PREVIEW[signal] - all.length)} />}
      {all.length === 0 && !isPending && (
        <div className={styles.none}>
          <Trans i18nKey="search.section.none">Nothing here</Trans>
        </div>
      )}
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  pane: css({ minWidth: 0 }),
  section: css({ '& + &': { marginTop: theme.spacing(2) } }),
  sectionHead: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'center',
    minHeight: theme.spacing(3),
    marginBottom: theme.spacing(0.5),
  }),
  none: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  sectionName: css({
    margin: 0,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    color: theme.colors.text.secondary,
  }),
  alert: css({ marginBottom: theme.spacing(1) }),
  more: css({ display: 'flex', justifyContent: 'center', padding: theme.spacing(2) }),
});
