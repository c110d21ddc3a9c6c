import React from 'react';
import { css, cx } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import type { TimeZone } from '@grafana/schema';
import { Icon, TextLink, Tooltip, useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { searchLink } from '../links/search-link';
import { filterText } from '../search/query-text';
import { testIds } from '../testIds';
import type { Marker } from './markers';

interface Props {
  /** Oldest first. */
  markers: readonly Marker[];
  /** All who could know of one have answered. */
  isKnown: boolean;
  range: TimeRange;
  timeZone: TimeZone;
}

/** Before and after: what a link to an event shows. */
const AROUND_MS = 10 * 60_000;
/** The latest ones: beyond these a line is a smear. */
const MOST = 60;

/** Deploys and alerts on the time axis of the page; each leads to what was going on around it. */
export function Events({ markers, isKnown, range, timeZone }: Props) {
  const styles = useStyles2(getStyles);
  const start = range.from.valueOf();
  const length = range.to.valueOf() - start;
  const shown = markers.slice(-MOST);
  return (
    <section className={styles.events} aria-label={t('overview.events.label', 'Deploys and alerts')}>
      <h2 className={styles.title}>
        <Trans i18nKey="overview.events.title">Deploys and alerts</Trans>
      </h2>
      {shown.length === 0 ? (
        <p className={styles.none}>
          {isKnown ? t('overview.events.none', 'None in this time.') : t('overview.events.asking', 'Looking…')}
        </p>
      ) : (
        <div className={styles.lane} data-testid={testIds.overview.events}>
          {shown.map((marker, at) => {
            const name = [nameOf(marker), dateTimeFormat(marker.at, { timeZone })].join(', ');
            return (
              <Tooltip key={at} content={name}>
                <a
                  className={cx(styles.marker, styles[marker.kind])}
                  style={{ left: `${Math.min(100, Math.max(0, ((marker.at - start) / length) * 100))}%` }}
                  href={linkOf(marker)}
                  aria-label={name}
                >
                  <Icon name={marker.kind === 'deploy' ? 'rocket' : 'bell'} size="sm" />
                </a>
              </Tooltip>
            );
          })}
        </div>
      )}
      {shown.length > 0 && (
        <ul className={styles.list}>
          {shown
            .slice(-3)
            .reverse()
            .map((marker, at) => (
              <li key={at}>
                <span className={styles.none}>{dateTimeFormat(marker.at, { timeZone, format: 'MM-DD HH:mm:ss' })}</span>{' '}
                <TextLink href={linkOf(marker)} inline variant="bodySmall">
                  {nameOf(marker)}
                </TextLink>
              </li>
            ))}
        </ul>
      )}
    </section>
  );
}

function nameOf({ kind, service, text }: Marker): string {
  const what = [service, text].filter(Boolean).join(' ');
  return kind === 'deploy'
    ? t('overview.events.deploy', 'Deploy: {{what}}', { what })
    : t('overview.events.alert', 'Alert: {{what}}', { what });
}

const linkOf = ({ at, service }: Marker) =>
  searchLink({ q: service && filterText('service', service), from: at - AROUND_MS, to: at + AROUND_MS });

const getStyles = (theme: GrafanaTheme2) => ({
  // The same height with events and without: what is below must not move when they come.
  events: css({
    display: 'grid',
    alignContent: 'start',
    gap: theme.spacing(0.5),
    minHeight: theme.spacing(9),
  }),
  title: css({
    margin: 0,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    color: theme.colors.text.secondary,
  }),
  none: css({ margin: 0, color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  lane: css({
    position: 'relative',
    height: theme.spacing(3),
    margin: theme.spacing(0, 1.5),
    borderBottom: `1px solid ${theme.colors.border.medium}`,
  }),
  marker: css({
    position: 'absolute',
    bottom: 0,
    transform: 'translateX(-50%)',
    display: 'inline-flex',
    padding: 3,
    borderRadius: theme.shape.radius.default,
    '&:hover, &:focus-visible': { background: theme.colors.action.hover, zIndex: 1 },
  }),
  deploy: css({ color: theme.colors.text.link }),
  alert: css({ color: theme.colors.error.text }),
  list: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 3),
    listStyle: 'none',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
