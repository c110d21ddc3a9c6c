import React, { useState } from 'react';
import type { TimeRange } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { ClipboardButton, Stack, ToolbarButton } from '@grafana/ui';
import { t } from '../i18n';
import { testIds } from '../testIds';
import { SavedSearches } from './saved/SavedSearches';
import { absoluteLink, type SearchUrl } from './search-url';

interface Props {
  url: SearchUrl;
  range: TimeRange;
  onUrl: (patch: Partial<SearchUrl>) => void;
}

/** What can be done with a search as a whole: follow it, keep it, pass it on. */
export function PageActions({ url, range, onUrl }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { q, from, to, signal, live } = url;
  return (
    <Stack gap={1}>
      <ToolbarButton
        icon={live ? 'pause' : 'play'}
        variant={live ? 'active' : 'canvas'}
        aria-pressed={live}
        // Its text goes where there is little room.
        aria-label={t('search.actions.live', 'Live')}
        tooltip={t('search.actions.live-hint', 'Shows logs as they arrive')}
        onClick={() => onUrl({ live: !live, hit: '' })}
        data-testid={testIds.search.liveToggle}
      >
        <Trans i18nKey="search.actions.live">Live</Trans>
      </ToolbarButton>
      <ToolbarButton
        icon="star"
        variant="canvas"
        aria-label={t('search.actions.saved', 'Saved')}
        onClick={() => setOpen(true)}
        data-testid={testIds.search.savedToggle}
      >
        <Trans i18nKey="search.actions.saved">Saved</Trans>
      </ToolbarButton>
      <ClipboardButton
        icon="share-alt"
        variant="secondary"
        fill="outline"
        tooltip={t('search.actions.share-hint', 'Copies a link that always shows this time')}
        getText={() => absoluteLink(window.location.href, range)}
      >
        <Trans i18nKey="search.actions.share">Share</Trans>
      </ClipboardButton>
      {isOpen && (
        <SavedSearches
          current={{ q, from, to, signal }}
          onOpen={(saved) => {
            const { q: query, from: start, to: end, signal: view } = saved;
            onUrl({ q: query, from: start, to: end, signal: view, live: false, hit: '' });
            setOpen(false);
          }}
          onDismiss={() => setOpen(false)}
        />
      )}
    </Stack>
  );
}
