// The other contenders: each the real program, configured the way that costs it least.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBinary } from '@obstack/native';
import type { Start } from '../ring.ts';
import { TENANT_ID } from './control-plane-stand-in.ts';
import { passThrough, startNginx } from './nginx.ts';

export const startPassThrough: Start = (processes, { core, port, upstream }) =>
  startNginx(processes, { name: 'nginx', core, port, http: passThrough(port, upstream) });

/** Takes the tenant from a header, as it does for many tenants at once. */
export const TENANT_HEADER = 'X-Tenant';

export const startLabelProxy: Start = async (processes, { core, port, upstream }) => {
  const command = await ensureBinary('prom-label-proxy');
  const args = [
    ...['-insecure-listen-address', `127.0.0.1:${port}`, '-upstream', `http://127.0.0.1:${upstream}`],
    ...['-label', 'tenant_id', '-header-name', TENANT_HEADER],
  ];
  return processes.start({ name: 'prom-label-proxy', command, args, core, port });
};

/**
 * OTLP/HTTP in, the resource processor, OTLP/HTTP out: no batch, no queue, no compression, no telemetry of its
 * own. A reply means that the stub has replied, as with our proxy.
 */
export const startCollector: Start = async (processes, { core, port, upstream }) => {
  const command = await ensureBinary('otel-collector');
  const path = join(processes.dir, 'collector.yaml');
  writeFileSync(path, collectorConfiguration(port, upstream));
  return processes.start({ name: 'collector', command, args: ['--config', path], core, port });
};

const collectorConfiguration = (port: number, upstream: number): string => `
receivers:
  otlp: { protocols: { http: { endpoint: '127.0.0.1:${port}' } } }
processors:
  resource: { attributes: [{ key: tenant_id, value: '${TENANT_ID}', action: upsert }] }
exporters:
  otlphttp:
    endpoint: http://127.0.0.1:${upstream}
    compression: none
    sending_queue: { enabled: false }
    retry_on_failure: { enabled: false }
service:
  telemetry: { metrics: { level: none }, logs: { level: warn } }
  pipelines:
    logs: { receivers: [otlp], processors: [resource], exporters: [otlphttp] }
`;
