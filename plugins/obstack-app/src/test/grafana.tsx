/** What a plugin finds around it in Grafana, as far as these pages use it. */
import React, { type PropsWithChildren } from 'react';
import { type PluginMeta, PluginContextProvider } from '@grafana/data';
import { setBackendSrv, setDataSourceSrv } from '@grafana/runtime';
import { FakeBackend } from './backend';

type Settings = Pick<PluginMeta, 'jsonData' | 'secureJsonFields'>;

const CONFIGURED: Settings = { jsonData: { proxyUrl: 'http://proxy' }, secureJsonFields: { token: true } };

/** A new Grafana for a test: its backend, without data sources. */
export function startGrafana(): FakeBackend {
  const backend = new FakeBackend();
  setBackendSrv(backend as never);
  setDataSourceSrv({ getList: () => [] } as never);
  return backend;
}

export function InPlugin({ settings = CONFIGURED, children }: PropsWithChildren<{ settings?: Settings }>) {
  return <PluginContextProvider meta={settings as PluginMeta}>{children}</PluginContextProvider>;
}
