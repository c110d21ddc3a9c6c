// What a push needs of the process.
import type { Identify } from '../tenancy/identify.ts';
import type { Upstream } from '../upstream/forward.ts';
import type { InFlight } from './in-flight.ts';
import type { TenantLimits } from './limits.ts';

export interface PushContext {
  readonly identify: Identify;
  readonly limits: TenantLimits;
  readonly inFlight: InFlight;
  /** The largest body, uncompressed. */
  readonly requestBytes: number;
  /** The tenant's name inside a store that has tenants of its own. */
  readonly storageTenant: (tenantId: string) => string;
  readonly upstreams: Readonly<Record<'collector' | 'prometheus', Upstream>>;
}
