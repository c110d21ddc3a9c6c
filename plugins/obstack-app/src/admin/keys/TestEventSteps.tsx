import React, { type ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Icon, TextLink, useStyles2 } from '@grafana/ui';
import type { TestEventResult } from '@obstack/contracts';
import { t } from '../../i18n';
import { formatMs } from '../../search/format';
import { testIds } from '../../testIds';

interface Props {
  running: boolean;
  result: TestEventResult | undefined;
}

type State = 'waiting' | 'running' | 'ok' | 'failed';

/** Accepted, stored, seen; and where it stopped, why. */
export function TestEventSteps({ running, result }: Props) {
  const styles = useStyles2(getStyles);
  const accepted: State = running ? 'running' : stateOf(result?.accepted.ok);
  const stored: State = !result?.accepted.ok ? 'waiting' : stateOf(result.stored.ok);
  return (
    <div role="status" data-testid={testIds.admin.testEvent}>
      <ol className={styles.steps}>
        <Step state={accepted} title={t('admin.test.accepted', 'Accepted by the proxy')}>
          {result && (
            <>
              {result.accepted.detail}
              {result.accepted.seconds !== null && ` ${formatMs(result.accepted.seconds * 1000)}`}
            </>
          )}
        </Step>
        <Step state={stored} title={t('admin.test.stored', 'Stored, and found by a query')}>
          {result?.stored.seconds != null &&
            t('admin.test.after', 'after {{time}}', { time: formatMs(result.stored.seconds * 1000) })}
        </Step>
        <Step state={result?.link ? 'ok' : 'waiting'} title={t('admin.test.seen', 'To be seen')}>
          {result?.link && (
            <TextLink href={result.link} external>
              <Trans i18nKey="admin.test.open">Open it</Trans>
            </TextLink>
          )}
        </Step>
      </ol>
      {result?.why && <p className={styles.why}>{result.why}</p>}
    </div>
  );
}

const stateOf = (ok: boolean | undefined): State => (ok === undefined ? 'waiting' : ok ? 'ok' : 'failed');

const ICON: Readonly<Record<State, IconName>> = {
  waiting: 'circle-mono',
  running: 'spinner',
  ok: 'check-circle',
  failed: 'exclamation-triangle',
};

function Step({ state, title, children }: { state: State; title: string; children?: ReactNode }) {
  const styles = useStyles2(getStyles);
  return (
    <li className={styles.step}>
      <span className={styles[state]}>
        <Icon name={ICON[state]} title={stateName(state)} />
      </span>
      <span>{title}</span>
      <span className={styles.detail}>{children}</span>
    </li>
  );
}

function stateName(state: State): string {
  switch (state) {
    case 'waiting':
      return t('admin.test.is-waiting', 'Not yet');
    case 'running':
      return t('admin.test.is-running', 'Running');
    case 'ok':
      return t('admin.test.is-ok', 'Done');
    case 'failed':
      return t('admin.test.is-failed', 'Failed');
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  steps: css({ listStyle: 'none', display: 'grid', gap: theme.spacing(1), marginBottom: theme.spacing(1) }),
  step: css({ display: 'flex', gap: theme.spacing(1), alignItems: 'baseline', flexWrap: 'wrap' }),
  detail: css({ color: theme.colors.text.secondary, overflowWrap: 'anywhere' }),
  why: css({ color: theme.colors.error.text }),
  waiting: css({ color: theme.colors.text.disabled }),
  running: css({ color: theme.colors.info.text }),
  ok: css({ color: theme.colors.success.text }),
  failed: css({ color: theme.colors.error.text }),
});
