import { config } from '@grafana/runtime';

/** Who is looking, for what a page offers them; what they may do is decided by the services. */
export const viewer = {
  isAdmin: () => config.bootData.user.orgRole === 'Admin' || config.bootData.user.isGrafanaAdmin,
};
