import pluginJson from './plugin.json';

export const PLUGIN_ID = pluginJson.id;
export const PLUGIN_BASE_URL = `/a/${PLUGIN_ID}`;
export const CONFIG_URL = `/plugins/${PLUGIN_ID}?page=configuration`;

export const ROUTES = { overview: 'overview', search: 'search', admin: 'admin' } as const;

/** Grafana's plugin proxy adds the org's token to what goes through these; see `routes` in plugin.json. */
export const PROXY_API = `/api/plugin-proxy/${PLUGIN_ID}/api/proxy`;
export const CONTROL_PLANE_API = `/api/plugin-proxy/${PLUGIN_ID}/api/control-plane`;
