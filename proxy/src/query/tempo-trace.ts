// A trace by its id. There is no query to enforce here, so the reply is filtered: what is not the tenant's own is
// taken out, and when nothing is left the answer is that of a trace that does not exist (isolation class 25).
import { refuse } from '../http/refusal.ts';
import type { Reply } from './endpoint.ts';
import { sendAsIs, sendBody } from './reply.ts';
import { filterTrace } from './trace-filter.ts';
import type { TraceApi } from './trace-filter.ts';

const PROTOBUF = 'application/protobuf';
const JSON_TYPE = 'application/json';

export function traceById(api: TraceApi): Reply {
  return async (call, { request, response }) => {
    // As Tempo reads it: this one value asks for protobuf, everything else for JSON.
    const accept = request.headers.accept === PROTOBUF ? PROTOBUF : JSON_TYPE;
    const reply = await call.send({ path: call.path, form: call.form, accept });
    if (reply.status === 404) throw noSuchTrace();
    if (reply.status !== 200) return sendAsIs(response, reply);
    const encoding = accept === PROTOBUF ? 'protobuf' : 'json';
    const own = filterTrace({ api, encoding, body: reply.body, tenantId: call.tenantId });
    if (own === undefined) throw noSuchTrace();
    sendBody(response, accept, own);
  };
}

const noSuchTrace = () => refuse.notFound('there is no such trace');
