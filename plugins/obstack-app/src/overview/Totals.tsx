import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { formatCount } from '../search/format';
import { testIds } from '../testIds';
import { formatRate, formatShare } from './format';
import { moodOf, type ServiceHealth } from './health';

/** All services together: what somebody wants to know first. */
export function Totals({ services }: { services: readonly ServiceHealth[] }) {
  const styles = useStyles2(getStyles);
  const sum = (value: (service: ServiceHealth) => number | null) =>
    services.reduce((total, service) => total + (value(service) ?? 0), 0);
  const rate = sum((service) => service.rate);
  const failed = rate > 0 ? sum((service) => (service.rate ?? 0) * (service.failed ?? 0)) / rate : null;
  const unwell = services.filter((service) => ['bad', 'warning'].includes(moodOf(service))).length;
  const facts = [
    { name: t('overview.totals.services', 'Services'), value: formatCount(services.length), isBad: false },
    { name: t('overview.totals.unwell', 'With failures over 1 %'), value: formatCount(unwell), isBad: unwell > 0 },
    { name: t('overview.totals.rate', 'Requests'), value: formatRate(rate), isBad: false },
    { name: t('overview.totals.failed', 'Failed'), value: formatShare(failed), isBad: (failed ?? 0) >= 0.01 },
    {
      name: t('overview.totals.error-lines', 'Error logs'),
      value: formatCount(sum((service) => service.errorLines)),
      isBad: false,
    },
  ];
  return (
    <dl className={styles.totals} data-testid={testIds.overview.totals}>
      {facts.map(({ name, value, isBad }) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd className={isBad ? styles.bad : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  totals: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1, 5), margin: 0 }),
  fact: css({
    dt: {
      fontWeight: 'normal',
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.secondary,
    },
    dd: { margin: 0, fontSize: theme.typography.h3.fontSize, lineHeight: 1.3, fontVariantNumeric: 'tabular-nums' },
  }),
  bad: css({ color: theme.colors.error.text }),
});
