// Pushes: 1,000 OTLP log records (233 KB) and 2,000 series of remote_write, through our proxy, the OTel Collector
// with a resource processor, nginx and nothing at all.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeMessage, logsPayload, writeRequestV1 } from '@obstack/proxy/testing';
import { compressSync, uncompressSync } from 'snappy';
import { OURS } from './contest.ts';
import type { Contender, Scenario } from './contest.ts';
import { TENANT_ID } from './parts/control-plane-stand-in.ts';
import type { Sample } from './parts/inspector.ts';
import { obstack } from './parts/obstack.ts';
import { startCollector, startPassThrough } from './parts/peers.ts';
import { notInStorageTenant } from './query.ts';
import type { Ring } from './ring.ts';

const RECORDS = 1_000;
const SERIES = 2_000;
const PUSH_AIM = { 1: 0.4, 32: 0.4 };
const REMOTE_WRITE_AIM = { 1: 1.5, 32: 1.5 };
const OTLP = { 'Content-Type': 'application/x-protobuf' };
const REMOTE_WRITE = {
  'Content-Type': 'application/x-protobuf',
  'Content-Encoding': 'snappy',
  'X-Prometheus-Remote-Write-Version': '0.1.0',
};

export async function ingestScenarios(ring: Ring, profileDir?: string): Promise<Scenario[]> {
  const passing: Contender[] = [
    { ...ring.direct, name: 'direct', complaint: () => undefined },
    { ...(await ring.enter(startPassThrough)), name: 'nginx', complaint: () => undefined },
  ];
  const collector = { ...(await ring.enter(startCollector)), name: 'collector', complaint: logsNotStamped };
  const ours = await ring.enter(obstack(ring.controlPlane, profileDir));
  const stamping = (complaint: Contender['complaint']): Contender => ({
    ...ours,
    name: OURS,
    headers: { Authorization: `Bearer ${ring.controlPlane.ingestKey}` },
    complaint: (sample) => complaint(sample) ?? notInStorageTenant(sample),
  });
  const otlp = [...passing, collector, stamping(logsNotStamped)];

  const file = (name: string, bytes: Uint8Array): string => {
    const path = join(ring.processes.dir, name);
    writeFileSync(path, bytes);
    return path;
  };
  const logs = logsPayload(RECORDS);
  const plan = (
    path: string,
    bodyFile: string,
    headers: Readonly<Record<string, string>>,
  ): Scenario['plan'] => ({
    method: 'POST',
    headers,
    targets: [{ path, bodyFile }],
  });
  const gzip = { ...OTLP, 'Content-Encoding': 'gzip' };
  return [
    {
      name: 'OTLP logs',
      plan: plan('/v1/logs', file('logs.pb', logs), OTLP),
      contenders: otlp,
      replyBytes: 0,
      aim: PUSH_AIM,
    },
    {
      name: 'OTLP logs, gzip',
      plan: plan('/v1/logs', file('logs.pb.gz', gzipSync(logs)), gzip),
      contenders: otlp,
      replyBytes: 0,
    },
    {
      name: 'remote_write',
      plan: plan('/api/v1/write', file('write.sz', compressSync(writeRequestV1(SERIES))), REMOTE_WRITE),
      contenders: [...passing, stamping(seriesNotStamped)],
      replyBytes: 0,
      aim: REMOTE_WRITE_AIM,
    },
  ];
}

interface Logs {
  resourceLogs: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeLogs: { logRecords: unknown[] }[];
  }[];
}

function logsNotStamped({ headers, body }: Sample): string | undefined {
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const { resourceLogs } = decodeMessage('otlp.ExportLogsServiceRequest', plain) as unknown as Logs;
  const records = resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
  if (records.length !== RECORDS) return `${records.length} log records arrived`;
  const isStamped = resourceLogs.every(({ resource }) => {
    const tenants = resource.attributes.filter(({ key }) => key === 'tenant_id');
    return tenants.length === 1 && tenants[0]?.value.stringValue === TENANT_ID;
  });
  return isStamped ? undefined : 'a resource is not stamped';
}

interface WriteRequest {
  timeseries: { labels: { name: string; value: string }[] }[];
}

function seriesNotStamped({ body }: Sample): string | undefined {
  const plain = uncompressSync(body) as Buffer;
  const { timeseries } = decodeMessage('remotewrite.V1.WriteRequest', plain) as unknown as WriteRequest;
  if (timeseries.length !== SERIES) return `${timeseries.length} series arrived`;
  const isStamped = timeseries.every(({ labels }) => {
    const tenants = labels.filter(({ name }) => name === 'tenant_id');
    return tenants.length === 1 && tenants[0]?.value === TENANT_ID;
  });
  return isStamped ? undefined : 'a series is not stamped';
}
