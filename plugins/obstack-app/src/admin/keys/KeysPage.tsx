import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { FilterInput, RadioButtonGroup } from '@grafana/ui';
import type { IssuedKey, Key } from '@obstack/contracts';
import { t } from '../../i18n';
import { useList } from '../../api/use-list';
import { Empty } from '../../states/Empty';
import { useUrlState } from '../../url-state/url-state';
import { useHindrance, useTenantId } from '../access';
import { ListView } from '../parts/ListView';
import { PermittedButton } from '../parts/PermittedButton';
import { SelectionBar, Toolbar } from '../parts/Toolbar';
import { CreateKeyDialog } from './CreateKeyDialog';
import { EditKeyDialog } from './EditKeyDialog';
import { IssuedKeyDialog } from './IssuedKeyDialog';
import { KEYS_URL, STATUS_VIEWS } from './key-url';
import { KEYS_API, KINDS, type Kind } from './keys-api';
import { KeyTable } from './KeyTable';
import { RevokeDialog } from './RevokeDialog';
import { RotateDialog } from './RotateDialog';
import { TestEventDialog } from './TestEventDialog';

type Dialog =
  | { type: 'create' }
  | { type: 'issued'; issued: IssuedKey }
  | { type: 'edit'; key: Key }
  | { type: 'rotate'; key: Key }
  | { type: 'revoke'; keys: readonly Key[] }
  | { type: 'test'; key: Key; secret?: string };

/** The credentials of a tenant: with which its agents push, and with which Grafana and scripts read. */
export default function KeysPage() {
  const tenantId = useTenantId();
  const mayNot = useHindrance('keys:write');
  const [url, setUrl] = useUrlState(KEYS_URL);
  const [dialog, setDialog] = useState<Dialog>();
  const { kind, status, q, selected, cursor } = url;

  const list = useList<Key>({
    key: `${tenantId} ${kind}`,
    cursor,
    onCursor: (next) => setUrl({ cursor: next }, { replace: true }),
    fetch: (at, signal) => KEYS_API[kind].list(tenantId, at, signal),
  });
  const shown = list.items.filter((key) => (status === 'all' || key.status === status) && isCalled(key, q));
  const chosen = shown.filter(({ id, status }) => selected.includes(id) && status !== 'revoked');

  const close = () => setDialog(undefined);
  const done = (next?: Dialog) => {
    setDialog(next);
    setUrl({ selected: [] }, { replace: true });
    list.reload();
  };

  return (
    <>
      <Toolbar
        actions={
          <PermittedButton icon="plus" hindrance={mayNot} onClick={() => setDialog({ type: 'create' })}>
            {createLabel(kind)}
          </PermittedButton>
        }
      >
        <RadioButtonGroup
          aria-label={t('admin.keys.kind', 'Kind')}
          options={KINDS.map((value) => ({ value, label: kindName(value) }))}
          value={kind}
          onChange={(next) => setUrl({ kind: next, selected: [], cursor: '' })}
        />
        <RadioButtonGroup
          aria-label={t('admin.keys.status', 'Status')}
          options={STATUS_VIEWS.map((value) => ({ value, label: statusName(value) }))}
          value={status}
          onChange={(next) => setUrl({ status: next, selected: [] })}
        />
        <FilterInput
          width={28}
          placeholder={t('admin.keys.filter', 'Name or id')}
          aria-label={t('admin.keys.filter', 'Name or id')}
          value={q}
          onChange={(next) => setUrl({ q: next }, { replace: true })}
        />
      </Toolbar>
      <SelectionBar count={chosen.length} onClear={() => setUrl({ selected: [] }, { replace: true })}>
        <PermittedButton
          size="sm"
          variant="destructive"
          icon="trash-alt"
          hindrance={mayNot}
          onClick={() => setDialog({ type: 'revoke', keys: chosen })}
        >
          {t('admin.keys.revoke-many', 'Revoke {{count}}', { count: chosen.length })}
        </PermittedButton>
      </SelectionBar>
      <ListView
        list={list}
        isEmpty={shown.length === 0}
        empty={
          list.items.length === 0 ? (
            <NoKeys kind={kind} />
          ) : (
            <Empty>
              <Trans i18nKey="admin.keys.no-match">
                None has this status and this name. Show all, or clear the filter.
              </Trans>
            </Empty>
          )
        }
      >
        <KeyTable
          kind={kind}
          keys={shown}
          selected={selected}
          onSelect={(ids) => setUrl({ selected: ids }, { replace: true })}
          mayNot={mayNot}
          onTest={(key) => setDialog({ type: 'test', key })}
          onEdit={(key) => setDialog({ type: 'edit', key })}
          onRotate={(key) => setDialog({ type: 'rotate', key })}
          onRevoke={(key) => setDialog({ type: 'revoke', keys: [key] })}
        />
      </ListView>
      {dialog?.type === 'create' && (
        <CreateKeyDialog kind={kind} onDismiss={close} onIssued={(issued) => done({ type: 'issued', issued })} />
      )}
      {dialog?.type === 'edit' && (
        <EditKeyDialog kind={kind} keyId={dialog.key.id} onDismiss={close} onSaved={() => done()} />
      )}
      {dialog?.type === 'rotate' && (
        <RotateDialog
          kind={kind}
          old={dialog.key}
          onDismiss={close}
          onIssued={(issued) => done({ type: 'issued', issued })}
        />
      )}
      {dialog?.type === 'issued' && (
        <IssuedKeyDialog
          kind={kind}
          issued={dialog.issued}
          onTest={() => setDialog({ type: 'test', key: dialog.issued.key, secret: dialog.issued.secret })}
          onDone={close}
        />
      )}
      {dialog?.type === 'revoke' && (
        <RevokeDialog kind={kind} keys={dialog.keys} onDismiss={close} onDone={() => done()} onPartly={list.reload} />
      )}
      {dialog?.type === 'test' && (
        <TestEventDialog apiKey={dialog.key} secret={dialog.secret} onDismiss={() => done()} />
      )}
    </>
  );
}

function NoKeys({ kind }: { kind: Kind }) {
  return kind === 'ingestion' ? (
    <Empty title={t('admin.keys.none', 'There are no ingestion keys yet')}>
      <Trans i18nKey="admin.keys.none-remedy">Create one, and give it to the agent that sends your data.</Trans>
    </Empty>
  ) : (
    <Empty title={t('admin.tokens.none', 'There are no query tokens yet')}>
      <Trans i18nKey="admin.tokens.none-remedy">Create one for whatever is to read your data.</Trans>
    </Empty>
  );
}

const isCalled = ({ name, id }: Key, text: string) =>
  name.toLowerCase().includes(text.toLowerCase()) || id.includes(text);

const createLabel = (kind: Kind) =>
  kind === 'ingestion' ? t('admin.keys.create', 'Create key') : t('admin.tokens.create', 'Create token');

function kindName(kind: Kind): string {
  return kind === 'ingestion' ? t('admin.keys.title', 'Ingestion keys') : t('admin.tokens.title', 'Query tokens');
}

function statusName(status: (typeof STATUS_VIEWS)[number]): string {
  switch (status) {
    case 'active':
      return t('admin.key-status.active', 'Active');
    case 'expired':
      return t('admin.key-status.expired', 'Expired');
    case 'revoked':
      return t('admin.key-status.revoked', 'Revoked');
    case 'all':
      return t('admin.key-status.all', 'All');
  }
}
