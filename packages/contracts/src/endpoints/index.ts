import type { Endpoint } from '../endpoint.ts';
import { getHealth } from './health.ts';
import { ingestionKeys, queryTokens } from './keys.ts';
import { createTenant, getTenant, listTenants } from './tenants.ts';

export * from './health.ts';
export * from './keys.ts';
export * from './tenants.ts';

/** The whole public API of control-plane. */
export const publicEndpoints: readonly Endpoint[] = [
  getHealth,
  createTenant,
  listTenants,
  getTenant,
  ...Object.values(ingestionKeys),
  ...Object.values(queryTokens),
];
