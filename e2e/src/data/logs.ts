// The logs of one tenant, stamped: JSON, logfmt and plain lines in streams that every tenant has alike.
import { seededRng } from '@obstack/proxy/testing';
import type { LabTenant } from '../lab/tenants.ts';
import { othersThan } from '../lab/tenants.ts';
import { INSTANCES, jobsOf, traceIdOf } from './metrics.ts';
import type { Window } from './window.ts';

export interface LogEntry {
  /** Nanoseconds since the epoch. Unique within the tenant, so that a limit cuts at one place only. */
  readonly nanos: bigint;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface LogStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: readonly LogEntry[];
}

const LEVELS = ['info', 'info', 'info', 'warn', 'error'];
const LINES = 24;

export function logsOf(tenant: LabTenant, window: Window): LogStream[] {
  const random = seededRng(2000 + tenant.index);
  const whole = (below: number): number => Math.floor(random() * below);
  const [victim] = othersThan(tenant);
  let serial = 0;

  const entries = (
    lineOf: (n: number, level: string) => string,
    metadataOf: (n: number, level: string) => Record<string, string> = () => ({}),
  ): LogEntry[] =>
    Array.from({ length: LINES }, (_, n) => {
      const level = LEVELS[whole(LEVELS.length)] ?? 'info';
      const nanos = BigInt(window.startMs + n * 20_000 + 137) * 1_000_000n + BigInt(serial++);
      return {
        nanos,
        line: lineOf(n, level),
        metadata: { trace_id: traceIdOf(tenant, n % 10), detected_level: level, ...metadataOf(n, level) },
      };
    });

  return jobsOf(tenant).flatMap((service) => {
    const stream = (labels: Record<string, string>, of: LogEntry[]): LogStream => ({
      labels: { service_name: service, namespace: 'shop', ...labels, tenant_id: tenant.id },
      entries: of,
    });
    return [
      stream(
        { format: 'json', pod: `${service}-0` },
        entries((n, level) =>
          JSON.stringify({
            level,
            msg: `order ${whole(900)} handled`,
            duration_ms: whole(400),
            status: n % 6 === 0 ? 500 : 200,
            instance: INSTANCES[n % 2],
            user: { id: `u-${whole(20)}`, plan: tenant.secret },
            // A field of the line that is called like the label.
            tenant_id: victim?.id,
          }),
        ),
      ),
      stream(
        { format: 'logfmt', pod: `${service}-1` },
        entries(
          (n, level) =>
            `level=${level} caller=shop/${service}.go:${10 + (n % 3)} duration=${whole(900)}ms bytes=${whole(64)}KiB ` +
            `user=u-${whole(20)} secret=${tenant.secret} msg="request done"`,
          // Structured metadata that is called like the label: pushed past the proxy, it can be in a store.
          (n) => (n % 4 === 0 && victim ? { tenant_id: victim.id, tier: 'gold' } : { tier: 'silver' }),
        ),
      ),
      stream(
        { format: 'plain', pod: `${service}-2`, [`${tenant.secret}_label`]: tenant.secret },
        entries(
          (n, level) =>
            `${level.toUpperCase()} ${INSTANCES[n % 2] ?? ''} GET /api/v1/items/${whole(50)} ${n % 5 === 0 ? 503 : 200} ` +
            `took ${whole(300)}ms for ${tenant.secret}`,
        ),
      ),
    ];
  });
}
