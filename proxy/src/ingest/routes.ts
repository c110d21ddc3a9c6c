// Every push address of the proxy, and what they share.
import type { ProxyContext } from '../app.ts';
import type { Route } from '../http/router.ts';
import { InFlight } from './in-flight.ts';
import { TenantLimits } from './limits.ts';
import { otlpPushRoutes } from './otlp.ts';
import type { PushContext } from './push-context.ts';
import { remoteWriteRoutes } from './remote-write.ts';

/** One per process: a tenant's limits hold over all routes and listeners. */
export function createPushContext({ config, ...context }: ProxyContext): PushContext {
  return {
    ...context,
    limits: new TenantLimits({
      samples: { perSecond: config.LIMIT_SAMPLES_PER_SECOND, burst: config.LIMIT_SAMPLES_BURST },
      logBytes: { perSecond: config.LIMIT_LOG_BYTES_PER_SECOND, burst: config.LIMIT_LOG_BYTES_BURST },
      traceBytes: { perSecond: config.LIMIT_TRACE_BYTES_PER_SECOND, burst: config.LIMIT_TRACE_BYTES_BURST },
      lineBytes: config.LIMIT_LINE_BYTES,
    }),
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
