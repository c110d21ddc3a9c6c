import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import type { Permission, Role } from '@obstack/contracts';
import { t } from '../../i18n';
import { TENANT_PERMISSIONS } from '../../api/terms';
import { permissionName } from '../names';
import { type Column, DataTable } from '../parts/DataTable';
import { PermittedIcon } from '../parts/PermittedButton';
import { QuietBadge } from '../parts/QuietBadge';

interface Props {
  roles: readonly Role[];
  mayNotEdit: string | undefined;
  mayNotDelete: string | undefined;
  onEdit: (role: Role) => void;
  onDelete: (role: Role) => void;
}

/** A row for each permission, a column for each role. */
export function RoleMatrix({ roles, mayNotEdit, mayNotDelete, onEdit, onDelete }: Props) {
  const styles = useStyles2(getStyles);
  const columns: Array<Column<Permission>> = [
    {
      id: 'permission',
      header: t('admin.roles.permission', 'Permission'),
      cell: (permission) => (
        <div className={styles.permission} title={permission}>
          {permissionName(permission)}
        </div>
      ),
    },
    ...roles.map((role) => ({
      id: role.name,
      header: (
        <div className={styles.head}>
          <div className={styles.name}>
            <span title={role.description}>{role.name}</span>
            {role.builtIn ? (
              <QuietBadge text={t('admin.roles.built-in', 'Built in')} />
            ) : (
              <>
                <PermittedIcon
                  name="pen"
                  label={t('admin.roles.edit', 'Change {{name}}', { name: role.name })}
                  hindrance={mayNotEdit}
                  onClick={() => onEdit(role)}
                />
                <PermittedIcon
                  name="trash-alt"
                  label={t('admin.roles.delete', 'Remove {{name}}', { name: role.name })}
                  hindrance={mayNotDelete}
                  onClick={() => onDelete(role)}
                />
              </>
            )}
          </div>
          <div className={styles.description}>{role.description}</div>
        </div>
      ),
      cell: (permission: Permission) => <Answer isYes={role.permissions.includes(permission)} />,
    })),
  ];
  return (
    <DataTable
      label={t('admin.roles.title', 'Roles and their permissions')}
      rows={TENANT_PERMISSIONS}
      rowId={(permission) => permission}
      rowName={permissionName}
      columns={columns}
    />
  );
}

function Answer({ isYes }: { isYes: boolean }) {
  const styles = useStyles2(getStyles);
  return (
    <span className={isYes ? styles.yes : styles.no}>
      <Icon name={isYes ? 'check' : 'minus'} aria-hidden />
      <span className="sr-only">{isYes ? t('admin.roles.may', 'Yes') : t('admin.roles.may-not', 'No')}</span>
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  permission: css({ minWidth: theme.spacing(22) }),
  head: css({ padding: theme.spacing(0.5, 0), minWidth: theme.spacing(14) }),
  name: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), color: theme.colors.text.primary }),
  description: css({ fontWeight: theme.typography.fontWeightRegular, whiteSpace: 'normal', maxWidth: '32ch' }),
  yes: css({ color: theme.colors.success.text }),
  no: css({ color: theme.colors.text.disabled }),
});
