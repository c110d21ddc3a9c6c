import React, { useEffect, useState } from 'react';
import { css, cx } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, useStyles2, useTheme2 } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { t } from '../i18n';
import { FailureState } from '../states/FailureState';
import { Loading } from '../states/Loading';
import { type ContextLine, contextOf } from '../stores/loki-context';
import { Failure } from '../streams/failure';
import { testIds } from '../testIds';
import { SEVERITIES, severityColor } from './signals';

const LINES = 10;
const MOST_LINES = 160;

type State = { lines: readonly ContextLine[] } | { failure: Failure };

/** A line among its neighbours: what the same stream said just before and just after. */
export function LogContext({ hit: { nativeQuery, time, title } }: { hit: SearchHit }) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const [lines, setLines] = useState(LINES);
  const [asked, setAsked] = useState(0);
  const [state, setState] = useState<State>();

  useEffect(() => {
    const asking = contextOf({ nativeQuery, time, title, lines }).subscribe({
      next: (found) => setState({ lines: found }),
      error: (error: unknown) =>
        setState({ failure: error instanceof Failure ? error : new Failure('failed', String(error)) }),
    });
    return () => asking.unsubscribe();
  }, [nativeQuery, time, title, lines, asked]);

  if (!state) {
    return <Loading rows={2 * LINES} />;
  }
  if ('failure' in state) {
    return <FailureState failure={state.failure} onRetry={() => setAsked(asked + 1)} />;
  }
  const more = lines < MOST_LINES && (
    <Button size="sm" fill="text" icon="arrows-v" onClick={() => setLines(lines * 4)}>
      <Trans i18nKey="search.context.more">More before and after</Trans>
    </Button>
  );
  return (
    <div data-testid={testIds.search.context}>
      {more}
      <ol className={styles.list} aria-label={t('search.context.label', 'Lines around this one')}>
        {state.lines.map((line, at) => (
          <li
            key={`${line.nanos} ${at}`}
            className={cx(styles.line, line.isOwn && styles.own)}
            aria-current={line.isOwn || undefined}
          >
            <span className={styles.mark} style={{ background: severityColor(theme, levelOf(line)) }} />
            <span className={styles.time}>{dateTimeFormat(Number(line.nanos / 1_000_000n), { format: FORMAT })}</span>
            <span className={styles.text}>{line.text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

const FORMAT = 'HH:mm:ss.SSS';

const levelOf = ({ level }: ContextLine) => SEVERITIES.find((severity) => severity === level.toLowerCase()) ?? null;

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    listStyle: 'none',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  line: css({ display: 'flex', gap: theme.spacing(1), padding: theme.spacing(0.25, 1, 0.25, 0) }),
  own: css({
    background: theme.colors.action.selected,
    fontWeight: theme.typography.fontWeightMedium,
    // On the lighter ground the quiet colour would lack contrast.
    '> span': { color: theme.colors.text.primary },
  }),
  mark: css({ width: 3, borderRadius: 2, flexShrink: 0 }),
  time: css({ flexShrink: 0, color: theme.colors.text.secondary }),
  text: css({ minWidth: 0, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }),
});
