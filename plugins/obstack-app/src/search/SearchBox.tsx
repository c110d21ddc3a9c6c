import React, { type FormEvent, type RefObject, useId } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, Icon, IconButton, useStyles2 } from '@grafana/ui';
import { CompletingInput } from '../completion/CompletingInput';
import type { KnownValues } from '../completion/completions';
import { t } from '../i18n';
import type { Mistake } from '../streams/failure';
import { testIds } from '../testIds';
import { useDraft } from '../use-draft';

interface Props {
  /** What was asked last; typing goes on from there. */
  query: string;
  running: boolean;
  /** To be offered while somebody types. */
  known: KnownValues;
  mistakes: readonly Mistake[];
  inputRef: RefObject<HTMLInputElement>;
  onSearch: (query: string) => void;
  onCancel: () => void;
}

/** The one box. A query that was not understood is explained under it, at its place. */
export function SearchBox({ query, running, known, mistakes, inputRef, onSearch, onCancel }: Props) {
  const styles = useStyles2(getStyles);
  const problemId = useId();
  const [typed, setTyped] = useDraft(query);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(typed.trim());
  };
  // What was asked is what the mistakes are about: they say nothing of what has been typed since.
  const shown = typed.trim() === query ? mistakes : [];

  return (
    <form role="search" onSubmit={submit}>
      <div className={styles.row}>
        <CompletingInput
          ref={inputRef}
          value={typed}
          known={known}
          onText={setTyped}
          prefix={<Icon name="search" />}
          suffix={
            typed !== '' && (
              <IconButton
                name="times"
                size="sm"
                aria-label={t('search.box.clear', 'Clear the search')}
                onClick={() => {
                  setTyped('');
                  onSearch('');
                  inputRef.current?.focus();
                }}
              />
            )
          }
          className={styles.input}
          aria-label={t('search.box.label', 'Search logs, traces and metrics')}
          aria-invalid={shown.length > 0}
          aria-describedby={shown.length > 0 ? problemId : undefined}
          placeholder={t('search.box.placeholder', 'card declined   service:checkout   level:error   duration:>500ms')}
          data-testid={testIds.search.box}
        />
        {running ? (
          <Button
            key="cancel"
            type="button"
            variant="secondary"
            icon="fa fa-spinner"
            onClick={onCancel}
            className={styles.button}
          >
            <Trans i18nKey="search.box.cancel">Cancel</Trans>
          </Button>
        ) : (
          <Button key="run" type="submit" icon="search" className={styles.button}>
            <Trans i18nKey="search.box.run">Search</Trans>
          </Button>
        )}
      </div>
      {shown.length > 0 && (
        <div id={problemId} role="alert" className={styles.problem} data-testid={testIds.search.problem}>
          {shown.map((mistake, index) => (
            <MistakeText key={index} query={query} mistake={mistake} />
          ))}
        </div>
      )}
    </form>
  );
}

function MistakeText({ query, mistake: { message, fix, offset } }: { query: string; mistake: Mistake }) {
  const styles = useStyles2(getStyles);
  // Where it begins is known; how far it goes is not: the word it stands in.
  const wrong = /^\S*/.exec(query.slice(offset))?.[0] ?? '';
  return (
    <div>
      {offset !== undefined && (
        <code className={styles.place}>
          {query.slice(0, offset)}
          <mark className={styles.mark}>{wrong || ' '}</mark>
          {query.slice(offset + wrong.length)}
        </code>
      )}
      <div>
        <strong>{message}</strong> {fix}
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ display: 'flex', gap: theme.spacing(1) }),
  input: css({ input: { fontFamily: theme.typography.fontFamilyMonospace } }),
  // The same width for both, so that nothing moves under the pointer.
  button: css({ minWidth: theme.spacing(13), justifyContent: 'center' }),
  problem: css({
    marginTop: theme.spacing(0.5),
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.radius.default,
    borderLeft: `3px solid ${theme.colors.error.border}`,
    background: theme.colors.background.secondary,
  }),
  place: css({
    display: 'block',
    padding: 0,
    border: 'none',
    background: 'transparent',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    marginBottom: theme.spacing(0.5),
  }),
  mark: css({
    padding: 0,
    color: theme.colors.error.text,
    background: 'transparent',
    textDecoration: `underline wavy ${theme.colors.error.border}`,
    textUnderlineOffset: 3,
  }),
});
