import React from 'react';
import { Route, Routes } from 'react-router-dom';
import { configure } from '@testing-library/react';
import type { WhoAmI } from '@obstack/contracts';
import { adminOf, FakeControlPlane, TENANT_ID, tenantOf } from '../../test/control-plane';
import { InPlugin } from '../../test/grafana';
import { renderAt } from '../../test/render-at';
import AdminApp from '../AdminApp';

// A page is loaded when it is opened, which takes its time on busy cores.
configure({ asyncUtilTimeout: 15_000 });

// A Combobox measures its text, which jsdom cannot.
HTMLCanvasElement.prototype.getContext = (() => ({ measureText: () => ({ width: 0 }) })) as never;

const CONFIGURED = {
  jsonData: { proxyUrl: 'http://proxy', controlPlaneUrl: 'http://control-plane' },
  secureJsonFields: { token: true },
};

/** A control-plane that knows one tenant, and somebody who asks. */
export function startControlPlane(me: WhoAmI = adminOf()): FakeControlPlane {
  return new FakeControlPlane().on('GET /me', me).on(`GET /tenants/${TENANT_ID}`, tenantOf());
}

/** Opens an admin page, `keys?kind=query`. */
export function openAdmin(at: string, settings: Parameters<typeof InPlugin>[0]['settings'] = CONFIGURED) {
  return renderAt(
    `/a/obstack-app/admin/${at}`,
    <InPlugin settings={settings}>
      <Routes>
        <Route path="/a/obstack-app/admin/*" element={<AdminApp />} />
      </Routes>
    </InPlugin>
  );
}

/** A path of the tenant, for `on` and `made`. */
export const ofTenant = (method: string, path: string) => `${method} /tenants/${TENANT_ID}${path}`;
