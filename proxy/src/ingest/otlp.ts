// OTLP/HTTP push: identify, read, check limits, stamp, forward to the Collector, reply. The Collector works
// synchronously, so its success means that the store has the data.
import type { IncomingMessage } from 'node:http';
import { SIGNALS } from '@obstack/contracts';
import type { Signal } from '@obstack/contracts';
import { mediaType } from '../http/exchange.ts';
import { refuse } from '../http/refusal.ts';
import type { Route } from '../http/router.ts';
import type { Upstream, UpstreamRequest } from '../upstream/forward.ts';
import { outgoingHeaders } from '../upstream/headers.ts';
import type { Admission } from './limits.ts';
import { FULL_SUCCESS, statusMessage, storeMessage } from './otlp-reply.ts';
import type { OtlpType } from './otlp-reply.ts';
import { readPushBody } from './push-body.ts';
import type { Encoding } from './push-body.ts';
import type { PushContext } from './push-context.ts';
import { pushRoute } from './push-route.ts';
import type { Push } from './push-route.ts';
import { stampOtlp } from './stamp-otlp.ts';
import type { Stamped } from './stamp-otlp.ts';
import { stampOtlpJson } from './stamp-otlp-json.ts';
import { isSuccess, refusalOf, sendToStore } from './store-reply.ts';

type Stamp = (signal: Signal, body: Uint8Array, tenantId: string, headroom: number) => Stamped;
const STAMP: Record<OtlpType, Stamp> = {
  'application/x-protobuf': stampOtlp,
  'application/json': stampOtlpJson,
};

/** An empty body is a request without anything in it. */
const NOTHING: Stamped = { body: Buffer.alloc(0), records: 0, longestLine: 0 };

const ENCODINGS = new Map<string, Encoding>([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['zstd', 'zstd'],
]);

export const otlpPushRoutes = (context: PushContext): Route[] =>
  SIGNALS.map((signal) =>
    pushRoute(context, { path: `/v1/${signal}`, errors: 'otlp', signal }, push(signal)),
  );

const push =
  (signal: Signal): Push =>
  async (context, key, { request, response }) => {
    const { limits, upstreams } = context;
    const { tenantId } = key;
    const type = otlpType(request);
    const encoding = otlpEncoding(request);
    const admission = limits.admit(key);
    const lease = context.inFlight.lease();
    try {
      const { bytes, headroom, memory } = await readPushBody(request, encoding, context.requestBytes, lease);
      // Bytes are counted before the body is looked at, so that looking costs no more than the limit allows.
      if (signal === 'logs') await admission.take('logBytes', bytes.length);
      if (signal === 'traces') await admission.take('traceBytes', bytes.length);
      const stamped = bytes.length === 0 ? NOTHING : STAMP[type](signal, bytes, tenantId, headroom);
      admission.checkLine(stamped.longestLine);
      if (signal === 'metrics') await admission.take('samples', stamped.records);
      const reply =
        stamped.records === 0
          ? FULL_SUCCESS[type]
          : await forward(
              upstreams.collector,
              admission,
              type,
              {
                method: 'POST',
                path: `/v1/${signal}`,
                headers: outgoingHeaders({
                  storageTenant: context.storageTenant(tenantId),
                  accept: type,
                  contentType: type,
                }),
                body: stamped.body,
              },
              [memory, stamped.body],
            );
      response.writeHead(200, { 'content-type': type, 'content-length': reply.length });
      response.end(reply);
    } finally {
      lease.release();
    }
  };

/** The Collector's Export*ServiceResponse, `partial_success` and all. */
async function forward(
  collector: Upstream,
  admission: Admission,
  type: OtlpType,
  request: UpstreamRequest,
  memory: readonly Buffer[],
): Promise<Buffer> {
  const reply = await sendToStore(collector, admission, request, memory);
  if (isSuccess(reply)) return reply.body;
  throw refusalOf(collector, admission, reply, storeMessage(statusMessage(type, reply.body)));
}

function otlpType(request: IncomingMessage): OtlpType {
  const type = mediaType(request);
  if (type === 'application/x-protobuf' || type === 'application/json') return type;
  throw refuse.unsupportedMediaType('the Content-Type is not one of OTLP', {
    fix: 'send application/x-protobuf or application/json',
  });
}

function otlpEncoding(request: IncomingMessage): Encoding {
  const encoding = ENCODINGS.get(request.headers['content-encoding']?.trim().toLowerCase() ?? '');
  if (encoding) return encoding;
  throw refuse.unsupportedMediaType('the Content-Encoding is not supported', {
    fix: 'send gzip, zstd or no encoding',
  });
}
