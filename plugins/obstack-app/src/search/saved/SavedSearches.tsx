import React, { type FormEvent, useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, Field, IconButton, Input, Modal, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { Loading } from '../../states/Loading';
import { testIds } from '../../testIds';
import { MAX_NAME, type SavedSearch, withSaved } from './saved-searches';
import { useSavedSearches } from './use-saved-searches';

interface Props {
  current: Omit<SavedSearch, 'name'>;
  onOpen: (saved: Omit<SavedSearch, 'name'>) => void;
  onDismiss: () => void;
}

/** Keeps this search under a name, and brings back the ones that were kept. */
export function SavedSearches({ current, onOpen, onDismiss }: Props) {
  const styles = useStyles2(getStyles);
  const { saved, save } = useSavedSearches();
  const [name, setName] = useState('');
  const isKnown = saved?.some((each) => each.name === name.trim());

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) {
      void save(withSaved(saved ?? [], { ...current, name: name.trim() }));
      setName('');
    }
  };
  return (
    <Modal isOpen title={t('search.saved.title', 'Saved searches')} onDismiss={onDismiss}>
      <div data-testid={testIds.search.saved}>
        <form className={styles.form} onSubmit={submit}>
          <Field
            label={t('search.saved.name', 'Save this search as')}
            description={current.q || t('search.saved.everything', 'Everything')}
            className={styles.name}
          >
            <Input
              id="obstack-saved-name"
              value={name}
              maxLength={MAX_NAME}
              autoFocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </Field>
          <Button type="submit" disabled={!name.trim() || saved === null}>
            {isKnown ? (
              <Trans i18nKey="search.saved.replace">Replace</Trans>
            ) : (
              <Trans i18nKey="search.saved.save">Save</Trans>
            )}
          </Button>
        </form>
        {saved === null && <Loading rows={3} />}
        {saved?.length === 0 && (
          <p className={styles.quiet}>
            <Trans i18nKey="search.saved.none">None yet. Only you see what you save.</Trans>
          </p>
        )}
        <ul className={styles.list}>
          {saved?.map((each) => (
            <li key={each.name} className={styles.item}>
              <button type="button" className={styles.open} onClick={() => onOpen(each)}>
                <span>{each.name}</span>
                <code className={styles.query}>{each.q || t('search.saved.everything', 'Everything')}</code>
              </button>
              <IconButton
                name="trash-alt"
                aria-label={t('search.saved.delete', 'Delete {{name}}', { name: each.name })}
                onClick={() => void save(saved.filter((other) => other !== each))}
              />
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  form: css({ display: 'flex', alignItems: 'flex-end', gap: theme.spacing(1), marginBottom: theme.spacing(2) }),
  name: css({ flex: 1, marginBottom: 0 }),
  quiet: css({ color: theme.colors.text.secondary }),
  list: css({ listStyle: 'none' }),
  item: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  open: css({
    flex: 1,
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    padding: theme.spacing(0.75, 0),
    border: 'none',
    background: 'none',
    textAlign: 'left',
    '&:hover': { color: theme.colors.text.link },
  }),
  query: css({
    padding: 0,
    border: 'none',
    background: 'none',
    color: theme.colors.text.secondary,
    overflowWrap: 'anywhere',
    whiteSpace: 'normal',
  }),
});
