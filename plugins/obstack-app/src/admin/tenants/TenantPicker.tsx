import React, { useId } from 'react';
import { Combobox } from '@grafana/ui';
import type { Tenant } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { testIds } from '../../testIds';

interface Props {
  tenant: Tenant | undefined;
  onChange: (id: string) => void;
}

const LIMIT = 50;

/** Of all tenants of the platform, by how their names begin. */
export function TenantPicker({ tenant, onChange }: Props) {
  const id = useId();
  return (
    <div data-testid={testIds.admin.tenant}>
      <span id={id} className="sr-only">
        {t('admin.tenant.label', 'Tenant')}
      </span>
      <Combobox
        width={30}
        aria-labelledby={id}
        placeholder={t('admin.tenant.choose', 'Choose a tenant')}
        prefixIcon="users-alt"
        value={tenant ? { value: tenant.id, label: tenant.name } : null}
        options={async (name) => {
          const query = { limit: LIMIT, ...(name.trim() && { name: name.trim() }) };
          const { items } = await controlPlane.listTenants({ query });
          return items.map(({ id, name: label }) => ({ value: id, label }));
        }}
        onChange={({ value }) => onChange(value)}
      />
    </div>
  );
}
