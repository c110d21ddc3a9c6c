import { usePluginContext } from '@grafana/data';

/** The app's `jsonData`: where this org's Obstack is, as Grafana's server reaches it. */
export interface AppSettings {
  proxyUrl?: string;
  controlPlaneUrl?: string;
}

/** Kept by Grafana, sent by its plugin proxy, never shown to a browser. */
export interface AppSecrets {
  token?: string;
}

/** What an administrator has yet to fill in before anything can be asked; empty when it is all there. */
export function missingSettings(
  settings: AppSettings | undefined,
  secrets: Partial<Record<keyof AppSecrets, boolean>> | undefined
): Array<keyof AppSettings | keyof AppSecrets> {
  return [...(settings?.proxyUrl ? [] : (['proxyUrl'] as const)), ...(secrets?.token ? [] : (['token'] as const))];
}

export function useMissingSettings() {
  const meta = usePluginContext()?.meta;
  return missingSettings(meta?.jsonData, meta?.secureJsonFields);
}
