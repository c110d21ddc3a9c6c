// Prometheus remote_write 1.0 and 2.0: identify, read, uncompress, stamp, check limits, forward to Prometheus.
// https://prometheus.io/docs/specs/prw/remote_write_spec/ and …/remote_write_spec_2_0/
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Route } from '../http/router.ts';
import type { Upstream, UpstreamReply, UpstreamRequest } from '../upstream/forward.ts';
import { outgoingHeaders } from '../upstream/headers.ts';
import type { Allocate } from './edits.ts';
import { freeMemory } from './free-memory.ts';
import type { StampedSeries } from './label-rules.ts';
import type { Admission } from './limits.ts';
import { readPushBody } from './push-body.ts';
import type { PushContext } from './push-context.ts';
import { pushRoute } from './push-route.ts';
import type { Push } from './push-route.ts';
import { scratch } from './scratch.ts';
import { compressBlock, uncompressBlock, uncompressedSize } from './snappy.ts';
import { stampWriteRequestV1 } from './stamp-remote-write-v1.ts';
import { stampWriteRequestV2 } from './stamp-remote-write-v2.ts';
import { isSuccess, refusalOf, sendToStore } from './store-reply.ts';

interface Version {
  /** What the `X-Prometheus-Remote-Write-Version` header says. */
  readonly header: string;
  readonly contentType: string;
  readonly stamp: (body: Uint8Array, tenantId: string, allocate: Allocate) => StampedSeries;
}

const V1: Version = { header: '0.1.0', contentType: 'application/x-protobuf', stamp: stampWriteRequestV1 };
const V2: Version = {
  header: '2.0.0',
  contentType: 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  stamp: stampWriteRequestV2,
};
// How much was written, by which a 2.0 sender knows; also on errors.
const CONFIRMATIONS = ['samples', 'histograms', 'exemplars'].map(
  (what) => `x-prometheus-remote-write-${what}-written`,
);

export const remoteWriteRoutes = (context: PushContext): Route[] =>
  ['/api/v1/write', '/api/v1/push'].map((path) =>
    pushRoute(context, { path, errors: 'text', signal: 'metrics' }, write),
  );

const write: Push = async (context, key, { request, response }) => {
  const { limits, upstreams } = context;
  const { tenantId } = key;
  const version = versionOf(request);
  checkEncoding(request);
  if (version === V2) confirm(response, () => '0');
  const admission = limits.admit(key);
  const lease = context.inFlight.lease();
  try {
    const { bytes, memory } = await readPushBody(request, 'identity', context.requestBytes, lease);
    const size = uncompressedSize(bytes, context.requestBytes);
    lease.take(size);
    const plain = await uncompressBlock(bytes, size);
    freeMemory(memory);
    const stamped = stampAndCompress(version, plain, tenantId);
    freeMemory(plain);
    await admission.take('samples', stamped.samples);
    const push: UpstreamRequest = {
      method: 'POST',
      path: '/api/v1/write',
      headers: outgoingHeaders({
        storageTenant: context.storageTenant(tenantId),
        contentType: version.contentType,
        contentEncoding: 'snappy',
        extra: ['x-prometheus-remote-write-version', version.header],
      }),
      body: stamped.block,
    };
    const reply = await sendToStore(upstreams.prometheus, admission, push, [stamped.block]);
    if (version === V2) confirm(response, (name) => reply.headers[name]);
    if (!isSuccess(reply)) throw refusal(upstreams.prometheus, admission, reply);
    response.writeHead(204).end();
  } finally {
    lease.release();
  }
};

/** Synchronous from one end to the other, as the scratch wants it. */
function stampAndCompress(
  { stamp }: Version,
  body: Buffer,
  tenantId: string,
): { block: Buffer; samples: number } {
  const stamped = stamp(body, tenantId, scratch);
  return { block: compressBlock(stamped.body), samples: stamped.samples };
}

/** Says how much was written; nothing where the store does not say. */
function confirm(response: ServerResponse, count: (name: string) => string | string[] | undefined): void {
  for (const name of CONFIRMATIONS) {
    const value = count(name);
    if (typeof value === 'string') response.setHeader(name, value);
    else response.removeHeader(name);
  }
}

function refusal(store: Upstream, admission: Admission, reply: UpstreamReply): Refusal {
  // A 2.0 sender falls back to 1.0 on this.
  if (reply.status === 415) return refuse.unsupportedMediaType(`${store.name} does not take this version`);
  return refusalOf(store, admission, reply, reply.body.toString('utf8'));
}

/** By the `proto` parameter of the Content-Type; without one it is 1.0. */
function versionOf(request: IncomingMessage): Version {
  const [type, ...parameters] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim());
  const proto = parameters.find((parameter) => /^proto=/i.test(parameter))?.slice('proto='.length);
  if (type?.toLowerCase() === 'application/x-protobuf') {
    switch (proto?.replace(/^"(.*)"$/, '$1')) {
      case undefined:
      case 'prometheus.WriteRequest':
        return V1;
      case 'io.prometheus.write.v2.Request':
        return V2;
    }
  }
  throw refuse.unsupportedMediaType('the Content-Type is not one of remote_write', {
    fix: `send ${V1.contentType} or ${V2.contentType}`,
  });
}

function checkEncoding(request: IncomingMessage): void {
  if (request.headers['content-encoding']?.trim().toLowerCase() === 'snappy') return;
  throw refuse.unsupportedMediaType('the Content-Encoding is not snappy', {
    fix: 'send snappy (block format)',
  });
}
