import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Icon, useStyles2 } from '@grafana/ui';
import type { Step, StepState } from '@obstack/contracts';
import { t } from '../../i18n';
import { formatMs } from '../../search/format';
import { Empty } from '../../states/Empty';
import { testIds } from '../../testIds';
import { Ago } from '../parts/Ago';

/** Each step with its state; where one failed, why, and when it is tried again. */
export function ProvisioningSteps({ steps }: { steps: readonly Step[] }) {
  const styles = useStyles2(getStyles);
  if (steps.length === 0) {
    return (
      <Empty title={t('admin.provisioning.none', 'There is nothing to set up')}>
        <Trans i18nKey="admin.provisioning.none-remedy">This installation keeps everything in its own database.</Trans>
      </Empty>
    );
  }
  return (
    <ol className={styles.list} aria-live="polite">
      {steps.map((step) => (
        <li key={`${step.name} ${step.action}`} className={styles.step} data-testid={testIds.admin.step(step.name)}>
          <span className={styles[step.state]}>
            <Icon name={ICON[step.state]} size="lg" aria-hidden />
          </span>
          <div className={styles.what}>
            <div>
              <span className={styles.title}>{step.title}</span> <code>{step.name}</code>
            </div>
            {step.reason && <div className={step.state === 'failed' ? styles.why : styles.detail}>{step.reason}</div>}
          </div>
          <div className={styles.when}>
            <div className={styles[step.state]}>{stateName(step)}</div>
            <div className={styles.detail}>{whenOf(step)}</div>
          </div>
        </li>
      ))}
    </ol>
  );
}

const ICON: Readonly<Record<StepState, IconName>> = {
  pending: 'clock-nine',
  running: 'spinner',
  done: 'check-circle',
  failed: 'exclamation-triangle',
  skipped: 'minus-circle',
};

function stateName({ state, action }: Step): string {
  switch (state) {
    case 'pending':
      return t('admin.step.pending', 'Waiting');
    case 'running':
      return action === 'apply' ? t('admin.step.applying', 'Being made') : t('admin.step.removing', 'Being removed');
    case 'done':
      return action === 'apply' ? t('admin.step.applied', 'Done') : t('admin.step.removed', 'Removed');
    case 'failed':
      return t('admin.step.failed', 'Failed');
    case 'skipped':
      return t('admin.step.skipped', 'Skipped');
  }
}

function whenOf({ state, attempts, startedAt, finishedAt, nextAttemptAt }: Step) {
  if (state === 'failed' && nextAttemptAt !== null) {
    return (
      <>
        {t('admin.step.attempts', 'attempt {{count}}, next', { count: attempts })} <Ago time={nextAttemptAt} never="" />
      </>
    );
  }
  if (state === 'done' && startedAt !== null && finishedAt !== null) {
    return (
      <>
        <Ago time={finishedAt} never="" /> · {formatMs(Date.parse(finishedAt) - Date.parse(startedAt))}
      </>
    );
  }
  return null;
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    listStyle: 'none',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  step: css({
    display: 'flex',
    gap: theme.spacing(1.5),
    padding: theme.spacing(1, 1.5),
    '&:not(:first-child)': { borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
  what: css({ flex: 1, minWidth: 0 }),
  title: css({ fontWeight: theme.typography.fontWeightMedium }),
  detail: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    overflowWrap: 'anywhere',
  }),
  why: css({
    color: theme.colors.error.text,
    fontSize: theme.typography.bodySmall.fontSize,
    overflowWrap: 'anywhere',
  }),
  when: css({ textAlign: 'right', whiteSpace: 'nowrap' }),
  pending: css({ color: theme.colors.text.secondary }),
  running: css({ color: theme.colors.info.text }),
  done: css({ color: theme.colors.success.text }),
  failed: css({ color: theme.colors.error.text }),
  skipped: css({ color: theme.colors.text.secondary }),
});
