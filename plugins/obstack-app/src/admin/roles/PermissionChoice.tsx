import React from 'react';
import { Checkbox } from '@grafana/ui';
import type { Permission } from '@obstack/contracts';
import { t } from '../../i18n';
import { TENANT_PERMISSIONS } from '../../api/terms';
import { useAccess } from '../access';
import { permissionName } from '../names';
import { FieldGroup } from '../parts/FieldGroup';
import { FormField } from '../parts/FormField';

interface Props {
  value: readonly Permission[];
  onChange: (permissions: readonly Permission[]) => void;
  mistake: string | undefined;
}

/** Those that a tenant has to give; nobody hands out more than they hold. */
export function PermissionChoice({ value, onChange, mistake }: Props) {
  const { me } = useAccess();
  return (
    <FormField label={t('admin.roles.permissions', 'Permissions')} mistake={mistake}>
      <FieldGroup label={t('admin.roles.permissions', 'Permissions')} minWidth={30}>
        {TENANT_PERMISSIONS.map((permission) => {
          const lacks = !me.permissions.includes(permission);
          return (
            <Checkbox
              key={permission}
              label={permissionName(permission)}
              description={lacks ? t('admin.roles.lacks', 'You do not have it, so you cannot give it.') : undefined}
              value={value.includes(permission)}
              disabled={lacks}
              onChange={({ currentTarget: { checked } }) =>
                onChange(TENANT_PERMISSIONS.filter((other) => (other === permission ? checked : value.includes(other))))
              }
            />
          );
        })}
      </FieldGroup>
    </FormField>
  );
}
