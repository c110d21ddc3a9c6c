// What generated queries are made of: the names and values of the lab's data, so that most of them find something.
import type { Rng, Vocabulary } from '@obstack/proxy/testing';
import { INSTANCES } from '../data/metrics.ts';
import { TENANTS } from '../lab/tenants.ts';

const services = ['checkout', 'cart', 'search', 'ledger'];
const tenantIds = TENANTS.map(({ id }) => id);
const secrets = TENANTS.map(({ secret }) => secret);

export const promqlWords = (rng: Rng): Vocabulary => ({
  rng,
  metrics: [
    'up',
    'memory_bytes',
    'http_requests_total',
    'http_request_duration_seconds_bucket',
    'http_request_duration_seconds_sum',
    'rpc_duration_seconds',
    'target_info',
    'topk_size',
    'http.server.requests',
    'lookalike',
    'refunds_total',
    'secret_bumblebee_total',
  ],
  labels: ['job', 'instance', 'status', 'method', 'tenant_id', 'le', 'Tenant_ID', 'service.name'],
  values: {
    job: services,
    instance: INSTANCES,
    status: ['200', '500'],
    method: ['GET', 'POST'],
    tenant_id: tenantIds,
    Tenant_ID: tenantIds,
    le: ['0.1', '2.5', '+Inf'],
    'service.name': ['checkout'],
  },
});

export const logqlWords = (rng: Rng): Vocabulary => ({
  rng,
  metrics: ['order', 'error', 'request', 'GET', 'took', 'level=warn', ...secrets],
  labels: ['service_name', 'format', 'pod', 'namespace', 'tenant_id'],
  values: {
    service_name: services,
    format: ['json', 'logfmt', 'plain'],
    pod: services.map((service) => `${service}-1`),
    namespace: ['shop'],
    tenant_id: tenantIds,
  },
});

export const traceqlWords = (rng: Rng): Vocabulary => ({
  rng,
  metrics: ['price', 'SELECT', 'GET /cart', 'lookup', ...secrets.map((secret) => `POST /checkout ${secret}`)],
  labels: [
    'resource.service.name',
    'resource.tenant_id',
    'resource.host.name',
    'span.tenant_id',
    'span.foo',
    'span.owner',
    'span.http.status_code',
    'span.http.method',
    'span.cached',
    'event.coupon',
  ],
  values: {
    'resource.service.name': services,
    'resource.tenant_id': tenantIds,
    'resource.host.name': INSTANCES,
    'span.tenant_id': tenantIds,
    'span.foo': ['value-0', 'value-1', 'shadow', 'db-0', 'db-1'],
    'span.owner': secrets,
    'span.http.method': ['GET', 'POST'],
    'event.coupon': secrets,
  },
});
