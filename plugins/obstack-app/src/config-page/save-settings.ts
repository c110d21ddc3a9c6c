import { lastValueFrom } from 'rxjs';
import type { AppPluginMeta } from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import type { AppSecrets, AppSettings } from '../settings';

interface Saved {
  jsonData: AppSettings;
  /** Left out, what was saved before stays. */
  secureJsonData?: AppSecrets;
}

/** Saves and loads the page anew: Grafana tells a plugin of its settings only when it starts. */
export async function saveSettings({ id, enabled, pinned }: AppPluginMeta<AppSettings>, settings: Saved) {
  const data = { enabled, pinned, ...settings };
  await lastValueFrom(getBackendSrv().fetch({ url: `/api/plugins/${id}/settings`, method: 'POST', data }));
  window.location.reload();
}
