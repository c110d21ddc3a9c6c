// What a push needs of the process.
import type { Identify } from '../tenancy/identify.ts';
import type { Usage } from '../tenancy/usage.ts';
import type { Upstream } from '../upstream/forward.ts';
import type { InFlight } from './in-flight.ts';
import type { PushLimits } from './limits.ts';

export interface PushContext {
  readonly identify: Identify;
  readonly usage: Usage;
  readonly limits: PushLimits;
  readonly inFlight: InFlight;
  /** The largest body, uncompressed. */
  readonly requestBytes: number;
  /** The tenant's name inside a store that has tenants of its own. */
  readonly storageTenant: (tenantId: string) => string;
  readonly upstreams: Readonly<Record<'collector' | 'prometheus', Upstream>>;
}
