import React, { type ReactNode } from 'react';
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, IconButton, useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { formatMs } from '../search/format';
import { testIds } from '../testIds';
import { type Pair, type Span, startOf, type Trace } from './trace';

interface Props {
  trace: Trace;
  span: Span;
  /** Ways on from this span. */
  actions: ReactNode;
  onOpenTrace: (traceId: string, spanId: string) => void;
  onClose: () => void;
}

/** Everything that one span says. */
export function SpanDetails({ trace, span, actions, onOpenTrace, onClose }: Props) {
  const styles = useStyles2(getStyles);
  const waited = span.critical.reduce((sum, [from, to]) => sum + to - from, 0);
  const facts: Array<Pair | false> = [
    [t('trace.details.service', 'Service'), span.service],
    [t('trace.details.duration', 'Duration'), formatMs(span.durationMs)],
    [t('trace.details.start', 'Start'), `${dateTimeFormat(startOf(span))} (+${formatMs(span.startMs)})`],
    waited > 0 && [
      t('trace.details.critical', 'On the critical path'),
      `${formatMs(waited)} (${Math.round((waited / (trace.durationMs || 1)) * 100)} %)`,
    ],
    span.kind !== '' && [t('trace.details.kind', 'Kind'), span.kind],
    span.scope !== '' && [t('trace.details.scope', 'Instrumentation'), span.scope],
    [t('trace.details.id', 'Span'), span.id],
  ];
  return (
    <section
      className={styles.details}
      aria-label={t('trace.details.label', 'Details of {{name}}', { name: span.name })}
      data-testid={testIds.trace.details}
    >
      <div className={styles.head}>
        <h4 className={styles.title}>{span.name}</h4>
        <IconButton name="times" aria-label={t('trace.details.close', 'Close the details')} onClick={onClose} />
      </div>
      {span.isError && (
        <p className={styles.error}>{span.statusMessage || t('trace.details.failed', 'This span failed.')}</p>
      )}
      <div className={styles.actions}>{actions}</div>
      <Pairs pairs={facts.filter((fact) => fact !== false)} />
      <Group title={t('trace.details.attributes', 'Attributes')} pairs={span.attributes} />
      {span.events.length > 0 && (
        <>
          <h5 className={styles.group}>
            <Trans i18nKey="trace.details.events">Events</Trans>
          </h5>
          {span.events.map((event, at) => (
            <div key={at} className={styles.event}>
              <strong>{event.name}</strong>{' '}
              <span className={styles.quiet}>+{formatMs(Number(event.nanos - span.startNanos) / 1e6)}</span>
              <Pairs pairs={event.attributes} />
            </div>
          ))}
        </>
      )}
      {span.links.length > 0 && (
        <>
          <h5 className={styles.group}>
            <Trans i18nKey="trace.details.links">Links</Trans>
          </h5>
          {span.links.map(({ traceId, spanId, attributes }) => (
            <div key={`${traceId}${spanId}`} className={styles.event}>
              <Button size="sm" fill="text" icon="link" onClick={() => onOpenTrace(traceId, spanId)}>
                {traceId === trace.id
                  ? t('trace.details.link-here', 'Span {{spanId}} of this trace', { spanId })
                  : t('trace.details.link', 'Trace {{traceId}}', { traceId })}
              </Button>
              <Pairs pairs={attributes} />
            </div>
          ))}
        </>
      )}
      <Group title={t('trace.details.resource', 'Resource')} pairs={span.resource} />
    </section>
  );
}

function Group({ title, pairs }: { title: string; pairs: readonly Pair[] }) {
  const styles = useStyles2(getStyles);
  return (
    pairs.length > 0 && (
      <>
        <h5 className={styles.group}>{title}</h5>
        <Pairs pairs={pairs} />
      </>
    )
  );
}

function Pairs({ pairs }: { pairs: readonly Pair[] }) {
  const styles = useStyles2(getStyles);
  return (
    pairs.length > 0 && (
      <dl className={styles.pairs}>
        {pairs.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    )
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  details: css({
    minWidth: 0,
    minHeight: 0,
    overflow: 'auto',
    padding: theme.spacing(1, 1.5, 2),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  head: css({ display: 'flex', alignItems: 'flex-start', gap: theme.spacing(1) }),
  title: css({ flex: 1, margin: 0, fontSize: theme.typography.h5.fontSize, overflowWrap: 'anywhere' }),
  error: css({ margin: theme.spacing(0.5, 0), color: theme.colors.error.text, overflowWrap: 'anywhere' }),
  actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), margin: theme.spacing(1, 0) }),
  group: css({
    margin: theme.spacing(2, 0, 0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
  }),
  event: css({ '& + &': { marginTop: theme.spacing(1) } }),
  quiet: css({ color: theme.colors.text.secondary }),
  pairs: css({
    margin: 0,
    '> div': {
      display: 'flex',
      gap: theme.spacing(1),
      padding: theme.spacing(0.25, 0),
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
    dt: {
      width: '40%',
      flexShrink: 0,
      fontWeight: 'normal',
      color: theme.colors.text.secondary,
      overflowWrap: 'anywhere',
    },
    dd: {
      margin: 0,
      flex: 1,
      minWidth: 0,
      overflowWrap: 'anywhere',
      whiteSpace: 'pre-wrap',
      fontFamily: theme.typography.fontFamilyMonospace,
    },
  }),
});
