import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { FilterInput } from '@grafana/ui';
import type { SetPasswordToken, User } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useList } from '../../api/use-list';
import { Empty } from '../../states/Empty';
import { useUrlState } from '../../url-state/url-state';
import { useHindrance, useTenantId } from '../access';
import { ListView } from '../parts/ListView';
import { PermittedButton } from '../parts/PermittedButton';
import { SelectionBar, Toolbar } from '../parts/Toolbar';
import { CreateUserDialog } from './CreateUserDialog';
import { DeactivateDialog } from './DeactivateDialog';
import { DeleteUserDialog } from './DeleteUserDialog';
import { EditUserDialog } from './EditUserDialog';
import { PasswordTokenDialog } from './PasswordTokenDialog';
import { USERS_URL } from './user-url';
import { UserTable } from './UserTable';

type Dialog =
  | { type: 'create' }
  | { type: 'edit'; user: User }
  | { type: 'delete'; user: User }
  | { type: 'deactivate'; users: readonly User[] }
  | { type: 'token'; user: User; token?: SetPasswordToken };

const LIMIT = 100;

/** The people of a tenant. */
export default function UsersPage() {
  const tenantId = useTenantId();
  const mayNot = useHindrance('users:write');
  const [url, setUrl] = useUrlState(USERS_URL);
  const [dialog, setDialog] = useState<Dialog>();
  const { q, selected, open, cursor } = url;

  const list = useList<User>({
    key: tenantId,
    cursor,
    onCursor: (next) => setUrl({ cursor: next }, { replace: true }),
    fetch: (at, signal) =>
      controlPlane.listUsers({ params: { tenantId }, query: { limit: LIMIT, ...(at && { cursor: at }) }, signal }),
  });
  const shown = list.items.filter(({ email }) => email.includes(q.toLowerCase()));
  const chosen = shown.filter(({ id, isActive }) => selected.includes(id) && isActive);
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
            {t('admin.users.create', 'Add user')}
          </PermittedButton>
        }
      >
        <FilterInput
          width={32}
          placeholder={t('admin.users.filter', 'E-mail address')}
          aria-label={t('admin.users.filter', 'E-mail address')}
          value={q}
          onChange={(next) => setUrl({ q: next }, { replace: true })}
        />
      </Toolbar>
      <SelectionBar count={chosen.length} onClear={() => setUrl({ selected: [] }, { replace: true })}>
        <PermittedButton
          size="sm"
          variant="destructive"
          icon="user"
          hindrance={mayNot}
          onClick={() => setDialog({ type: 'deactivate', users: chosen })}
        >
          {t('admin.users.deactivate-many', 'Deactivate {{count}}', { count: chosen.length })}
        </PermittedButton>
      </SelectionBar>
      <ListView
        list={list}
        isEmpty={shown.length === 0}
        empty={
          list.items.length === 0 ? (
            <Empty title={t('admin.users.none', 'This tenant has no users of its own')}>
              <Trans i18nKey="admin.users.none-remedy">
                Who comes through Grafana needs no account here. Add one for whoever signs in to the API or through
                Keycloak.
              </Trans>
            </Empty>
          ) : (
            <Empty>
              <Trans i18nKey="admin.users.no-match">No address has this in it. Clear the filter, or load more.</Trans>
            </Empty>
          )
        }
      >
        <UserTable
          users={shown}
          selected={selected}
          onSelect={(ids) => setUrl({ selected: ids }, { replace: true })}
          mayNot={mayNot}
          open={open}
          onOpen={(id) => setUrl({ open: id }, { replace: true })}
          onEdit={(user) => setDialog({ type: 'edit', user })}
          onPassword={(user) => setDialog({ type: 'token', user })}
          onDelete={(user) => setDialog({ type: 'delete', user })}
        />
      </ListView>
      {dialog?.type === 'create' && (
        <CreateUserDialog
          onDismiss={close}
          onCreated={(user, token) => done(token ? { type: 'token', user, token } : undefined)}
        />
      )}
      {dialog?.type === 'edit' && <EditUserDialog userId={dialog.user.id} onDismiss={close} onSaved={() => done()} />}
      {dialog?.type === 'delete' && <DeleteUserDialog user={dialog.user} onDismiss={close} onDone={() => done()} />}
      {dialog?.type === 'deactivate' && (
        <DeactivateDialog users={dialog.users} onDismiss={close} onDone={() => done()} onPartly={list.reload} />
      )}
      {dialog?.type === 'token' && <PasswordTokenDialog user={dialog.user} made={dialog.token} onDone={close} />}
    </>
  );
}
