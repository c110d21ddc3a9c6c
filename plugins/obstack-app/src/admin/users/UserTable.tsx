import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, IconButton, useStyles2 } from '@grafana/ui';
import type { User } from '@obstack/contracts';
import { t } from '../../i18n';
import { Ago } from '../parts/Ago';
import { DataTable } from '../parts/DataTable';
import { PermittedIcon } from '../parts/PermittedButton';
import { QuietBadge } from '../parts/QuietBadge';
import { UserSessions } from './UserSessions';

interface Props {
  users: readonly User[];
  selected: readonly string[];
  onSelect: (ids: readonly string[]) => void;
  mayNot: string | undefined;
  /** Whose sessions show; '' for nobody's. */
  open: string;
  onOpen: (id: string) => void;
  onEdit: (user: User) => void;
  onPassword: (user: User) => void;
  onDelete: (user: User) => void;
}

export function UserTable(props: Props) {
  const { users, selected, onSelect, mayNot, open, onOpen } = props;
  const styles = useStyles2(getStyles);
  return (
    <DataTable
      label={t('admin.users.title', 'Users')}
      rows={users}
      rowId={({ id }) => id}
      rowName={({ email }) => email}
      isDim={({ isActive }) => !isActive}
      selection={{
        ids: selected,
        onChange: onSelect,
        hindrance: ({ isActive }) =>
          mayNot ?? (isActive ? undefined : t('admin.users.inactive-already', 'This user is not active.')),
      }}
      details={({ id }) => (id === open ? <UserSessions userId={id} mayNot={mayNot} /> : null)}
      columns={[
        {
          id: 'email',
          header: t('admin.users.email', 'E-mail address'),
          cell: ({ id, email }) => (
            <div className={styles.name}>
              <IconButton
                name={id === open ? 'angle-down' : 'angle-right'}
                aria-expanded={id === open}
                aria-label={t('admin.users.sessions-of', 'Sessions of {{email}}', { email })}
                onClick={() => onOpen(id === open ? '' : id)}
              />
              {email}
            </div>
          ),
        },
        { id: 'roles', header: t('admin.users.roles', 'Roles'), cell: ({ roles }) => roles.join(', ') },
        {
          id: 'status',
          header: t('admin.users.status', 'Status'),
          cell: ({ isActive }) =>
            isActive ? (
              <Badge color="green" text={t('admin.users.active', 'Active')} />
            ) : (
              <QuietBadge text={t('admin.users.inactive', 'Inactive')} />
            ),
        },
        { id: 'sign-in', header: t('admin.users.sign-in', 'Signs in with'), cell: signInOf },
        {
          id: 'created',
          header: t('admin.users.created', 'Created'),
          wideOnly: true,
          cell: ({ createdAt }) => <Ago time={createdAt} never="" />,
        },
        {
          id: 'actions',
          header: <span className="sr-only">{t('admin.table.actions', 'Actions')}</span>,
          align: 'right',
          cell: (user) => {
            const { email } = user;
            return (
              <div className={styles.actions}>
                <PermittedIcon
                  name="pen"
                  label={t('admin.users.edit', 'Change {{email}}', { email })}
                  hindrance={mayNot}
                  onClick={() => props.onEdit(user)}
                />
                <PermittedIcon
                  name="key-skeleton-alt"
                  label={t('admin.users.password', 'Let {{email}} set a new password', { email })}
                  hindrance={mayNot}
                  onClick={() => props.onPassword(user)}
                />
                <PermittedIcon
                  name="trash-alt"
                  label={t('admin.users.delete', 'Remove {{email}}', { email })}
                  hindrance={mayNot}
                  onClick={() => props.onDelete(user)}
                />
              </div>
            );
          },
        },
      ]}
    />
  );
}

function signInOf({ hasPassword, keycloakUserId }: User): string {
  const ways = [
    hasPassword && t('admin.users.by-password', 'password'),
    keycloakUserId !== null && t('admin.users.by-keycloak', 'Keycloak'),
  ].filter((way) => way !== false);
  return ways.length > 0 ? ways.join(', ') : t('admin.users.no-password', 'no password set yet');
}

const getStyles = (theme: GrafanaTheme2) => ({
  name: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    fontWeight: theme.typography.fontWeightMedium,
    overflowWrap: 'anywhere',
  }),
  actions: css({ display: 'flex', justifyContent: 'flex-end', gap: theme.spacing(0.5) }),
});
