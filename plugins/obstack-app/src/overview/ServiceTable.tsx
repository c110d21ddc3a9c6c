import React, { type ReactNode } from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2, IconName, TimeRange } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Icon, LinkButton, TextLink, useStyles2, useTheme2 } from '@grafana/ui';
import { Sparkline } from '../charts/Sparkline';
import { t } from '../i18n';
import { searchLink } from '../links/search-link';
import { formatCount, formatMs } from '../search/format';
import { filterText } from '../search/query-text';
import { testIds } from '../testIds';
import { formatRate, formatShare, orNone } from './format';
import { moodOf, type Mood, type Points, type ServiceHealth, type Sort, sorted } from './health';
import type { Marker } from './markers';

interface Props {
  services: readonly ServiceHealth[];
  markers: readonly Marker[];
  range: TimeRange;
  stepMs: number;
  sort: Sort;
  /** As the URL has them: links keep `now` moving. */
  times: { from: string; to: string };
  onSort: (sort: Sort) => void;
}

/** More than these nobody reads: sorting brings up the others. */
const MOST = 100;

/** Rate, errors and duration of each service. */
export function ServiceTable({ services, markers, range, stepMs, sort, times, onSort }: Props) {
  const styles = useStyles2(getStyles);
  const shown = sorted(services, sort).slice(0, MOST);
  const head = (by: Sort, name: string, className?: string) => (
    <th scope="col" className={className} aria-sort={ariaSort(by, sort)}>
      <button type="button" className={styles.sort} onClick={() => onSort(by)}>
        {name}
        <Icon name="arrow-down" size="sm" className={by === sort ? undefined : styles.idle} />
      </button>
    </th>
  );
  return (
    <section className={styles.section}>
      <table className={styles.table} data-testid={testIds.overview.services}>
        <caption className={styles.caption}>
          <Trans i18nKey="overview.services.caption">Services</Trans>
        </caption>
        <thead>
          <tr>
            {head('service', t('overview.services.name', 'Service'), styles.nameColumn)}
            {head('rate', t('overview.services.rate', 'Requests'))}
            {head('failed', t('overview.services.failed', 'Failed'))}
            {head('p95Ms', t('overview.services.p95', 'Duration (p95)'))}
            {head('errorLines', t('overview.services.error-lines', 'Error logs'), styles.narrow)}
            <th scope="col" className={styles.links}>
              <Trans i18nKey="overview.services.go">Go to</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((service) => (
            <Row
              key={service.service}
              health={service}
              deploy={[...markers]
                .reverse()
                .find((marker) => marker.kind === 'deploy' && marker.service === service.service)}
              range={range}
              stepMs={stepMs}
              times={times}
            />
          ))}
        </tbody>
      </table>
      {services.length > MOST && (
        <p className={styles.quiet}>
          {t('overview.services.more', 'The first {{shown}} of {{all}}, in this order.', {
            shown: MOST,
            all: services.length,
          })}
        </p>
      )}
    </section>
  );
}

interface RowProps {
  health: ServiceHealth;
  /** The latest one. */
  deploy: Marker | undefined;
  range: TimeRange;
  stepMs: number;
  times: Props['times'];
}

function Row({ health, deploy, range, stepMs, times }: RowProps) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const { service, rate, failed, p95Ms, errorLines, course } = health;
  const q = filterText('service', service);
  const mood = moodOf(health);
  const colour = theme.visualization.getColorByName;
  const figure = (value: string, name: string, points: Points, color: string) => (
    <Figure value={value}>
      {points.length > 1 && (
        <Sparkline
          points={points}
          from={range.from.valueOf()}
          to={range.to.valueOf()}
          stepMs={stepMs}
          color={color}
          label={t('overview.services.course', '{{name}} of {{service}} over time', { name, service })}
          markAt={deploy?.at}
        />
      )}
    </Figure>
  );
  return (
    <tr data-testid={testIds.overview.service(service)}>
      <th scope="row" className={styles.nameColumn}>
        <span className={styles.name}>
          <Icon name={MOOD_ICON[mood]} className={styles[mood]} title={moodName(mood)} />
          <TextLink href={searchLink({ q, ...times })} inline={false} color="primary">
            {service}
          </TextLink>
        </span>
      </th>
      <td>
        {figure(formatRate(rate), t('overview.services.rate', 'Requests'), course.rate, colour('semi-dark-blue'))}
      </td>
      <td className={cx(mood === 'bad' && styles.bad)}>
        {figure(formatShare(failed), t('overview.services.failed', 'Failed'), course.failures, colour('red'))}
      </td>
      <td>
        {figure(
          orNone(p95Ms === null ? null : formatMs(p95Ms)),
          t('overview.services.p95', 'Duration (p95)'),
          course.p95,
          colour('semi-dark-purple')
        )}
      </td>
      <td className={styles.narrow}>
        {errorLines ? (
          <TextLink
            href={searchLink({ q: `${q} level:error`, signal: 'logs', ...times })}
            inline={false}
            color="primary"
          >
            {formatCount(errorLines)}
          </TextLink>
        ) : (
          orNone(errorLines === null ? null : '0')
        )}
      </td>
      <td className={styles.links}>
        <LinkButton
          size="sm"
          fill="text"
          variant="secondary"
          icon="gf-logs"
          href={searchLink({ q, signal: 'logs', ...times })}
          aria-label={t('overview.services.logs-of', 'Logs of {{service}}', { service })}
        >
          <Trans i18nKey="overview.services.logs">Logs</Trans>
        </LinkButton>
        <LinkButton
          size="sm"
          fill="text"
          variant="secondary"
          icon="gf-traces"
          href={searchLink({ q, signal: 'traces', ...times })}
          aria-label={t('overview.services.traces-of', 'Traces of {{service}}', { service })}
        >
          <Trans i18nKey="overview.services.traces">Traces</Trans>
        </LinkButton>
      </td>
    </tr>
  );
}

function Figure({ value, children }: { value: string; children: ReactNode }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.figure}>
      <span className={styles.value}>{value}</span>
      <span className={styles.course}>{children}</span>
    </div>
  );
}

const ariaSort = (by: Sort, sort: Sort) =>
  by !== sort ? undefined : by === 'service' ? ('ascending' as const) : ('descending' as const);

const MOOD_ICON: Readonly<Record<Mood, IconName>> = {
  good: 'check-circle',
  warning: 'exclamation-triangle',
  bad: 'exclamation-circle',
  unknown: 'question-circle',
};

function moodName(mood: Mood): string {
  switch (mood) {
    case 'good':
      return t('overview.mood.good', 'Under 1 % of its requests failed');
    case 'warning':
      return t('overview.mood.warning', 'More than 1 % of its requests failed');
    case 'bad':
      return t('overview.mood.bad', 'More than 5 % of its requests failed');
    case 'unknown':
      return t('overview.mood.unknown', 'It reports no requests');
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  section: css({ overflowX: 'auto' }),
  table: css({
    width: '100%',
    borderCollapse: 'collapse',
    'th, td': {
      padding: theme.spacing(0.5, 2, 0.5, 0),
      height: theme.spacing(5),
      textAlign: 'left',
      fontWeight: 'normal',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
    'thead th': { height: theme.spacing(4), whiteSpace: 'nowrap' },
    'tbody tr:hover': { background: theme.colors.action.hover },
  }),
  caption: css({
    captionSide: 'top',
    padding: 0,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    color: theme.colors.text.secondary,
  }),
  sort: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: 0,
    border: 'none',
    background: 'none',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    '&:hover': { color: theme.colors.text.primary },
  }),
  idle: css({ visibility: 'hidden' }),
  nameColumn: css({ minWidth: theme.spacing(16) }),
  name: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(1) }),
  figure: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1.5) }),
  value: css({ width: theme.spacing(9), flexShrink: 0, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
  course: css({
    flex: 1,
    minWidth: theme.spacing(10),
    // On half a screen the figures stay, and what they came from goes.
    [theme.breakpoints.down('lg')]: { display: 'none' },
  }),
  narrow: css({ width: theme.spacing(12), fontVariantNumeric: 'tabular-nums' }),
  links: css({
    width: theme.spacing(24),
    whiteSpace: 'nowrap',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
  }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  good: css({ color: theme.colors.success.text }),
  warning: css({ color: theme.colors.warning.text }),
  bad: css({ color: theme.colors.error.text }),
  unknown: css({ color: theme.colors.text.secondary }),
});
