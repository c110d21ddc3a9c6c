import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { FilterInput } from '@grafana/ui';
import type { Tenant } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useList } from '../../api/use-list';
import { Empty } from '../../states/Empty';
import { useUrlState } from '../../url-state/url-state';
import { useAccess, useHindrance } from '../access';
import { planName, tenantStateName } from '../names';
import { Choice } from '../parts/Choice';
import { ListView } from '../parts/ListView';
import { PermittedButton } from '../parts/PermittedButton';
import { Toolbar } from '../parts/Toolbar';
import { CreateTenantDialog } from './CreateTenantDialog';
import { OffboardDialog } from './OffboardDialog';
import { ResumeDialog } from './ResumeDialog';
import { SuspendDialog } from './SuspendDialog';
import { PLAN_VIEWS, STATE_VIEWS, TENANTS_URL } from './tenants-url';
import { TenantTable } from './TenantTable';

type Dialog =
  | { type: 'create' }
  | { type: 'suspend'; tenant: Tenant }
  | { type: 'resume'; tenant: Tenant }
  | { type: 'offboard'; tenant: Tenant };

const LIMIT = 50;

/** All tenants of the platform, for those who run it. */
export default function TenantsPage() {
  const { reloadTenant } = useAccess();
  const mayNot = useHindrance('tenants:write');
  const [url, setUrl] = useUrlState(TENANTS_URL);
  const [dialog, setDialog] = useState<Dialog>();
  const { name, state, plan, open, cursor } = url;
  const isFiltered = name !== '' || state !== 'all' || plan !== 'all';

  const list = useList<Tenant>({
    key: JSON.stringify([name, state, plan]),
    cursor,
    onCursor: (next) => setUrl({ cursor: next }, { replace: true }),
    fetch: (at, signal) =>
      controlPlane.listTenants({
        query: {
          limit: LIMIT,
          ...(name.trim() && { name: name.trim() }),
          ...(state !== 'all' && { state }),
          ...(plan !== 'all' && { plan }),
          ...(at && { cursor: at }),
        },
        signal,
      }),
  });
  const close = () => setDialog(undefined);
  const done = () => {
    close();
    list.reload();
    reloadTenant();
  };

  return (
    <>
      <Toolbar
        actions={
          <PermittedButton icon="plus" hindrance={mayNot} onClick={() => setDialog({ type: 'create' })}>
            {t('admin.tenants.create', 'Create tenant')}
          </PermittedButton>
        }
      >
        <FilterInput
          width={28}
          placeholder={t('admin.tenants.filter', 'Name begins with')}
          aria-label={t('admin.tenants.filter', 'Name begins with')}
          value={name}
          onChange={(next) => setUrl({ name: next, cursor: '' }, { replace: true })}
        />
        <Choice
          label={t('admin.tenants.state', 'State')}
          width={22}
          options={STATE_VIEWS}
          name={(option) => (option === 'all' ? t('admin.tenants.any-state', 'Any state') : tenantStateName(option))}
          value={state}
          onChange={(next) => setUrl({ state: next, cursor: '' })}
        />
        <Choice
          label={t('admin.tenants.plan', 'Plan')}
          width={20}
          options={PLAN_VIEWS}
          name={(option) => (option === 'all' ? t('admin.tenants.any-plan', 'Any plan') : planName(option))}
          value={plan}
          onChange={(next) => setUrl({ plan: next, cursor: '' })}
        />
      </Toolbar>
      <ListView
        list={list}
        empty={
          isFiltered ? (
            <Empty>
              <Trans i18nKey="admin.tenants.no-match">No tenant is like that. Take a filter out.</Trans>
            </Empty>
          ) : (
            <Empty title={t('admin.tenants.none', 'There are no tenants yet')}>
              <Trans i18nKey="admin.tenants.none-remedy">Create the first one; what it needs is made by itself.</Trans>
            </Empty>
          )
        }
      >
        <TenantTable
          tenants={list.items}
          mayNot={mayNot}
          open={open}
          onOpen={(id) => setUrl({ open: id }, { replace: true })}
          onSuspend={(tenant) => setDialog({ type: 'suspend', tenant })}
          onResume={(tenant) => setDialog({ type: 'resume', tenant })}
          onOffboard={(tenant) => setDialog({ type: 'offboard', tenant })}
        />
      </ListView>
      {dialog?.type === 'create' && <CreateTenantDialog onDone={done} onDismiss={close} />}
      {dialog?.type === 'suspend' && <SuspendDialog tenant={dialog.tenant} onDone={done} onDismiss={close} />}
      {dialog?.type === 'resume' && <ResumeDialog tenant={dialog.tenant} onDone={done} onDismiss={close} />}
      {dialog?.type === 'offboard' && <OffboardDialog tenant={dialog.tenant} onDone={done} onDismiss={close} />}
    </>
  );
}
