import { choice, text } from '../../url-state/url-state';

export const STATE_VIEWS = ['all', 'provisioning', 'ready', 'suspended', 'deleting'] as const;
export const PLAN_VIEWS = ['all', 'community', 'saas', 'enterprise'] as const;

export const TENANTS_URL = {
  /** What the name begins with. */
  name: text(),
  state: choice(STATE_VIEWS, 'all'),
  plan: choice(PLAN_VIEWS, 'all'),
  /** The tenant whose steps show. */
  open: text(),
  cursor: text(),
};
