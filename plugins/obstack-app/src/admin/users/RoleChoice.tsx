import React from 'react';
import { Alert, Checkbox } from '@grafana/ui';
import type { Role } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useResource } from '../../api/use-resource';
import { Loading } from '../../states/Loading';
import { useAccess, useTenantId } from '../access';
import { permissionName } from '../names';
import { FieldGroup } from '../parts/FieldGroup';
import { FormField } from '../parts/FormField';

interface Props {
  value: readonly string[];
  onChange: (roles: readonly string[]) => void;
  mistake: string | undefined;
}

/** Any of the tenant's roles; nobody gives more than they hold. */
export function RoleChoice({ value, onChange, mistake }: Props) {
  const tenantId = useTenantId();
  const { me } = useAccess();
  const roles = useResource(tenantId, (signal) => controlPlane.listRoles({ params: { tenantId }, signal }));
  if (roles.failure) {
    return (
      <Alert severity="error" title={t('admin.role-choice.failed', 'The roles could not be read')}>
        {roles.failure.message}
      </Alert>
    );
  }
  if (!roles.data) {
    return <Loading rows={3} />;
  }
  const missing = ({ permissions }: Role) => permissions.find((permission) => !me.permissions.includes(permission));
  return (
    <FormField
      label={t('admin.users.roles', 'Roles')}
      mistake={mistake ?? (value.length === 0 ? t('admin.role-choice.none', 'Choose at least one role.') : undefined)}
    >
      <FieldGroup label={t('admin.users.roles', 'Roles')}>
        {roles.data.items.map((role) => {
          const lacks = missing(role);
          return (
            <Checkbox
              key={role.name}
              label={role.name}
              description={
                lacks === undefined
                  ? role.description
                  : t('admin.role-choice.lacks', 'You cannot give it: you may not “{{what}}” yourself.', {
                      what: permissionName(lacks),
                    })
              }
              value={value.includes(role.name)}
              disabled={lacks !== undefined}
              onChange={({ currentTarget: { checked } }) =>
                onChange(checked ? [...value, role.name] : value.filter((name) => name !== role.name))
              }
            />
          );
        })}
      </FieldGroup>
    </FormField>
  );
}
