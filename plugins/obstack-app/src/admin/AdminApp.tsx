import React, { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router-dom';
import { locationUtil, type NavModelItem, usePluginContext } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { t } from '../i18n';
import { controlPlane } from '../api/control-plane';
import { useResource } from '../api/use-resource';
import { PLUGIN_BASE_URL, ROUTES } from '../constants';
import { FailureState } from '../states/FailureState';
import { Loading } from '../states/Loading';
import { NotAllowed } from '../states/NotAllowed';
import { NotConfigured } from '../states/NotConfigured';
import { text, useUrlState } from '../url-state/url-state';
import { type Access, AccessProvider, hindrance } from './access';
import { SECTION_PERMISSION, type Section, sectionName, SECTIONS, sectionUrl } from './sections';
import { ChooseTenant } from './tenants/ChooseTenant';
import { TenantPicker } from './tenants/TenantPicker';

const PAGES = {
  keys: lazy(() => import('./keys/KeysPage')),
  users: lazy(() => import('./users/UsersPage')),
  roles: lazy(() => import('./roles/RolesPage')),
  limits: lazy(() => import('./limits/LimitsPage')),
  audit: lazy(() => import('./audit/AuditPage')),
  provisioning: lazy(() => import('./provisioning/ProvisioningPage')),
  tenants: lazy(() => import('./tenants/TenantsPage')),
} satisfies Record<Section, unknown>;

const TENANT_URL = { tenant: text() };

/** The admin pages. Only a tenant's operator chooses a tenant; everybody else has one. */
export default function AdminApp() {
  const meta = usePluginContext()?.meta;
  const isConfigured = Boolean(meta?.jsonData?.controlPlaneUrl && meta.secureJsonFields?.token);
  return isConfigured ? (
    <Admin />
  ) : (
    <PluginPage>
      <NotConfigured needs={t('admin.needs', 'The admin pages need the address of control-plane, and a token.')} />
    </PluginPage>
  );
}

function Admin() {
  const [url, setUrl] = useUrlState(TENANT_URL);
  const me = useResource('me', (signal) => controlPlane.whoAmI({ signal }));
  const isOperator = me.data?.tenantId === null;
  const tenantId = me.data ? (me.data.tenantId ?? (url.tenant || null)) : null;
  const tenant = useResource(tenantId, (signal) => controlPlane.getTenant({ params: { tenantId: tenantId! }, signal }));

  const access = useMemo<Access | undefined>(
    () => me.data && { me: me.data, isOperator, tenantId, tenant: tenant.data, reloadTenant: tenant.reload },
    [me.data, isOperator, tenantId, tenant.data, tenant.reload]
  );
  const nav = usePageNav(isOperator, url.tenant);

  if (!access) {
    return (
      <PluginPage pageNav={nav}>
        {me.failure ? <FailureState failure={me.failure} onRetry={me.reload} /> : <Loading />}
      </PluginPage>
    );
  }
  return (
    <AccessProvider value={access}>
      <PluginPage
        pageNav={nav}
        actions={isOperator && <TenantPicker tenant={tenant.data} onChange={(id) => setUrl({ tenant: id })} />}
      >
        <Suspense fallback={<Loading />}>
          <Routes>
            {SECTIONS.map((section) => (
              <Route key={section} path={section} element={<SectionPage section={section} access={access} />} />
            ))}
            <Route
              path="*"
              element={<Navigate replace to={sectionUrl(isOperator && !tenantId ? 'tenants' : 'keys', url.tenant)} />}
            />
          </Routes>
        </Suspense>
      </PluginPage>
    </AccessProvider>
  );
}

function SectionPage({ section, access }: { section: Section; access: Access }): ReactNode {
  const reason = hindrance(access, SECTION_PERMISSION[section]);
  if (reason !== undefined) {
    return <NotAllowed>{reason}</NotAllowed>;
  }
  if (section === 'tenants') {
    return access.isOperator ? (
      <PAGES.tenants />
    ) : (
      <NotAllowed>{t('admin.tenants.operators', 'Only operators of the platform see its tenants.')}</NotAllowed>
    );
  }
  // Of the audit log alone there is one over all tenants.
  if (access.tenantId === null && section !== 'audit') {
    return <ChooseTenant />;
  }
  const Page = PAGES[section];
  // Another tenant is another page: nothing of the one before may stay.
  return <Page key={access.tenantId} />;
}

/** Grafana's own tabs. */
function usePageNav(isOperator: boolean, tenant: string): NavModelItem {
  const { pathname } = useLocation();
  return {
    id: 'obstack-admin',
    text: t('admin.title', 'Admin'),
    // As in the navigation, so that it stands once among the breadcrumbs.
    url: locationUtil.assureBaseUrl(`${PLUGIN_BASE_URL}/${ROUTES.admin}`),
    children: SECTIONS.filter((section) => section !== 'tenants' || isOperator).map((section) => ({
      id: `obstack-admin-${section}`,
      text: sectionName(section),
      url: locationUtil.assureBaseUrl(sectionUrl(section, tenant)),
      active: pathname.endsWith(`/${section}`),
    })),
  };
}
