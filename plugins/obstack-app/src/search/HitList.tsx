import React, { type ComponentProps, type KeyboardEvent, useRef } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { testIds } from '../testIds';
import { HitRow } from './HitRow';

interface Props extends Omit<ComponentProps<typeof HitRow>, 'hit' | 'isOpen'> {
  /** For those who hear the page. */
  label: string;
  hits: readonly SearchHit[];
  /** The id of the one that is open. */
  open: string;
}

/** The hits, newest first. Arrow keys (or j and k) go from one to the next, Enter opens, Escape closes. */
export function HitList({ label, hits, open, onOpen, ...row }: Props) {
  const styles = useStyles2(getStyles);
  const list = useRef<HTMLUListElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) {
      event.stopPropagation();
      // What has the focus may go with the details.
      (event.target as HTMLElement).closest('li')?.querySelector<HTMLElement>('[data-hit]')?.focus();
      onOpen('');
      return;
    }
    const step = STEPS[event.key];
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-hit]') ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    if (step === undefined || at < 0 || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    event.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
  };

  return (
    // The keys are a shortcut over the buttons within, each of which Tab reaches too.
    <ul ref={list} className={styles.list} aria-label={label} onKeyDown={onKeyDown} data-testid={testIds.search.hits}>
      {hits.map((hit) => (
        <HitRow key={hit.id} hit={hit} isOpen={hit.id === open} onOpen={onOpen} {...row} />
      ))}
    </ul>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', borderTop: `1px solid ${theme.colors.border.weak}` }),
});
