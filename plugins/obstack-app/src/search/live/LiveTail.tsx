import React, { type ComponentProps, useState } from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import { testIds } from '../../testIds';
import { HitList } from '../HitList';
import { MOST_LINES, useLiveTail } from './use-live-tail';

type Props = Omit<ComponentProps<typeof HitList>, 'label' | 'hits'>;

/** Logs as they arrive, newest at the top. One that is open holds the others still: nothing moves under a reader. */
export function LiveTail(props: Props) {
  const styles = useStyles2(getStyles);
  const [isPaused, setPaused] = useState(false);
  const holds = isPaused || props.open !== '';
  const { hits, failure, isCut } = useLiveTail(props.query, holds);
  const facts = [
    holds ? t('search.live.paused', 'Paused') : t('search.live.running', 'Live'),
    t('search.live.count', 'lines: {{count}}', { count: hits.length }),
    hits.length >= MOST_LINES && t('search.live.most', 'the latest only'),
    isCut && t('search.live.cut', 'more come than can be shown'),
  ].filter(Boolean);

  return (
    <div data-testid={testIds.search.live}>
      <div className={styles.bar}>
        <span className={cx(styles.dot, !holds && styles.on)} aria-hidden />
        <span role="status">{facts.join(' · ')}</span>
        <Button
          size="sm"
          variant="secondary"
          icon={isPaused ? 'play' : 'pause'}
          disabled={props.open !== ''}
          onClick={() => setPaused(!isPaused)}
        >
          {isPaused ? (
            <Trans i18nKey="search.live.resume">Go on</Trans>
          ) : (
            <Trans i18nKey="search.live.pause">Pause</Trans>
          )}
        </Button>
      </div>
      {failure && <FailureState failure={failure} onRetry={() => setPaused(false)} />}
      {hits.length === 0 && !failure && <Loading rows={6} />}
      <HitList label={t('search.live.label', 'Logs as they arrive')} hits={hits} {...props} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    minHeight: theme.spacing(4),
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  dot: css({ width: 10, height: 10, borderRadius: '50%', background: theme.colors.text.secondary }),
  on: css({ background: theme.colors.error.main }),
});
