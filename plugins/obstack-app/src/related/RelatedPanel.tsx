import React, { useState } from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2, getTimeZone } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, useStyles2 } from '@grafana/ui';
import type { Relation } from '@obstack/contracts/search';
import { t } from '../i18n';
import { HitList } from '../search/HitList';
import { signalName } from '../search/signals';
import { SourceStrip } from '../search/SourceStrip';
import { Empty } from '../states/Empty';
import { FailureState } from '../states/FailureState';
import { Loading } from '../states/Loading';
import { testIds } from '../testIds';
import { groupsOf } from './related';
import { type Anchor, useRelated } from './use-related';

/** Of each group at first: all groups are to be seen at once. */
const FEW = 5;

interface Props {
  anchor: Anchor & { id?: string };
  query: string;
  onQuery: (query: string) => void;
}

/** What of all signals belongs to a hit or a span, and why. */
export function RelatedPanel({ anchor, query, onQuery }: Props) {
  const styles = useStyles2(getStyles);
  const [asked, setAsked] = useState(0);
  const [open, setOpen] = useState('');
  const [whole, setWhole] = useState<readonly string[]>([]);
  const { running, related, failure } = useRelated(anchor, asked);
  const groups = groupsOf(related, anchor);
  const isWhole = (group: string) => whole.includes(group);
  const list = { open, query, timeZone: getTimeZone(), withDate: false, onOpen: setOpen, onQuery };

  return (
    <div className={styles.panel} data-testid={testIds.related.panel}>
      <SourceStrip sources={related.sources} running={running} />
      {groups.map(({ signal, relation, hits }) => {
        const name = [signalName(signal), relationName(relation)].join(': ');
        return (
          <section
            key={`${signal} ${relation}`}
            aria-label={name}
            data-testid={testIds.related.group(signal, relation)}
          >
            <h4 className={styles.head}>
              {signalName(signal)} <span className={styles.why}>{relationName(relation)}</span>
            </h4>
            <HitList label={name} hits={hits.slice(0, isWhole(name) ? hits.length : FEW)} {...list} />
            {hits.length > FEW && !isWhole(name) && (
              <Button size="sm" variant="secondary" fill="text" onClick={() => setWhole([...whole, name])}>
                {t('related.all', 'Show all {{count}}', { count: hits.length })}
              </Button>
            )}
          </section>
        );
      })}
      {failure && <FailureState failure={failure} onRetry={() => setAsked(asked + 1)} />}
      {running && groups.length === 0 && <Loading rows={6} />}
      {!running && !failure && groups.length === 0 && (
        <Empty title={t('related.none.title', 'Nothing belongs to it')}>
          <Trans i18nKey="related.none.remedy">
            No other signal has its trace or its service, and nothing else failed within five minutes of it.
          </Trans>
        </Empty>
      )}
    </div>
  );
}

function relationName(relation: Relation): string {
  switch (relation) {
    case 'trace':
      return t('related.trace', 'of the same trace');
    case 'exemplar':
      return t('related.exemplar', 'with this trace as an exemplar');
    case 'service':
      return t('related.service', 'of the same service, at that time');
    case 'time':
      return t('related.time', 'failed elsewhere at that time');
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5), minWidth: 0 }),
  head: css({ margin: theme.spacing(0, 0, 0.5), fontSize: theme.typography.bodySmall.fontSize }),
  why: css({ color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular }),
});
