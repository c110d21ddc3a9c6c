// Every push address of the proxy, and what they share.
import type { ProxyContext } from '../app.ts';
import type { Route } from '../http/router.ts';
import type { Buckets } from './buckets.ts';
import { InFlight } from './in-flight.ts';
import { PushLimits } from './limits.ts';
import { otlpPushRoutes } from './otlp.ts';
import type { PushContext } from './push-context.ts';
import { remoteWriteRoutes } from './remote-write.ts';

/** One per process: limits hold over all routes and listeners. */
export function createPushContext({ config, ...context }: ProxyContext, buckets: Buckets): PushContext {
  return {
    ...context,
    limits: new PushLimits(buckets),
    inFlight: new InFlight(config.PUSH_IN_FLIGHT_BYTES),
    requestBytes: config.LIMIT_REQUEST_BYTES,
  };
}

/** What the OTLP listener answers. */
export const otlpRoutes = (context: PushContext): Route[] => otlpPushRoutes(context);

/** What the main listener answers. */
export const ingestRoutes = (context: PushContext): Route[] => [
  ...otlpPushRoutes(context),
  ...remoteWriteRoutes(context),
];
