// Turns the rows of a query table into routes. Every query takes the same straight line:
// identify → read the parameters → check and enforce each → build one canonical request anew → forward.
import type { ServerResponse } from 'node:http';
import type { ProxyContext } from '../app.ts';
import type { Route } from '../http/router.ts';
import type { UpstreamRequest } from '../upstream/forward.ts';
import { acceptsGzip, outgoingHeaders } from '../upstream/headers.ts';
import { canonicalForm, compileParams, compilePath } from './canonical-request.ts';
import type { Endpoint, EnforcedCall, QueryTable } from './endpoint.ts';
import { readParams } from './query-params.ts';

export type QueryContext = Pick<ProxyContext, 'identify' | 'queries' | 'storageTenant' | 'upstreams'>;

/** Longer queries go to the store as a form, where it takes one; not every server takes a URL of any length. */
const MAX_URL_FORM = 4096;
/** A reply that is read here is held in memory whole. */
const MAX_COLLECTED_BYTES = 64 * 1024 * 1024;

const FORM = 'application/x-www-form-urlencoded';

/** @returns one route per method of each row */
export function enforcedRoutes(context: QueryContext, table: QueryTable): Route[] {
  return table.endpoints.flatMap((endpoint) => {
    const handle = createHandler(context, table, endpoint);
    const path = table.prefix + endpoint.path;
    return endpoint.methods.map((method): Route => ({ method, path, errors: table.errors, handle }));
  });
}

function createHandler(context: QueryContext, table: QueryTable, endpoint: Endpoint): Route['handle'] {
  const { identify, queries, storageTenant } = context;
  const upstream = context.upstreams[table.store];
  const params = compileParams(endpoint.params);
  const pathOf = compilePath(endpoint);
  const takesForm = endpoint.methods.includes('POST');

  return async (exchange) => {
    const { request, response, search } = exchange;
    const identified = identify.query(request, table.signal);
    const { tenantId } = identified instanceof Promise ? await identified : identified;
    const read = readParams(request, search);
    const given = read instanceof Promise ? await read : read;
    const path = pathOf(exchange.params);
    const form = canonicalForm(params, given, tenantId, queries);
    const locks = { storageTenant: storageTenant(tenantId), extra: table.headers?.(request.headers) };

    if (endpoint.reply) {
      const signal = signalWhenGone(response);
      const send: EnforcedCall['send'] = (asked) => {
        const headers = outgoingHeaders({ ...locks, accept: asked.accept });
        return upstream.send(get(asked.path, asked.form, headers), MAX_COLLECTED_BYTES, signal);
      };
      await endpoint.reply({ tenantId, path, segments: exchange.params, form, send }, exchange);
      return;
    }
    const acceptEncoding = acceptsGzip(request.headers);
    const outgoing =
      takesForm && form.length > MAX_URL_FORM
        ? post(path, form, outgoingHeaders({ ...locks, acceptEncoding, contentType: FORM }))
        : get(path, form, outgoingHeaders({ ...locks, acceptEncoding }));
    await upstream.stream(outgoing, response);
  };
}

const get = (path: string, form: string, headers: string[]): UpstreamRequest => ({
  method: 'GET',
  path: form === '' ? path : `${path}?${form}`,
  headers,
});

const post = (path: string, form: string, headers: string[]): UpstreamRequest => ({
  method: 'POST',
  path,
  headers,
  body: form,
});

/** Aborts when the client leaves before its reply is out. */
function signalWhenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
