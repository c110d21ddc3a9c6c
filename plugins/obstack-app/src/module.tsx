// Loaded with Grafana's navigation, so it holds nothing but the way to the rest.
import React, { lazy, Suspense } from 'react';
import { AppPlugin, type AppRootProps } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { LoadingPlaceholder } from '@grafana/ui';
import type { ConfigPageProps } from './config-page/ConfigPage';
import { addLinks } from './links/added-links';
import pluginJson from './plugin.json';
import type { AppSettings } from './settings';

await initPluginTranslations(pluginJson.id);

const LazyApp = lazy(() => import('./app/App'));
const LazyConfigPage = lazy(() => import('./config-page/ConfigPage'));

const App = (props: AppRootProps<AppSettings>) => (
  <Suspense fallback={<LoadingPlaceholder text="" />}>
    <LazyApp {...props} />
  </Suspense>
);

const ConfigPage = (props: ConfigPageProps) => (
  <Suspense fallback={<LoadingPlaceholder text="" />}>
    <LazyConfigPage {...props} />
  </Suspense>
);

export const plugin = new AppPlugin<AppSettings>().setRootPage(App).addConfigPage({
  title: 'Configuration',
  icon: 'cog',
  body: ConfigPage,
  id: 'configuration',
});

addLinks(plugin);
