import { DataSourcePlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { ConfigEditor } from './ConfigEditor';
import { ObstackDatasource } from './datasource';
import pluginJson from './plugin.json';
import { QueryEditor } from './QueryEditor';
import type { ObstackOptions, ObstackQuery, ObstackSecrets } from './types';

await initPluginTranslations(pluginJson.id);

export const plugin = new DataSourcePlugin<ObstackDatasource, ObstackQuery, ObstackOptions, ObstackSecrets>(
  ObstackDatasource
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
