// The listener for the platform, not for tenants: liveness, readiness and our own metrics. It has an address of
// its own so that it is never reachable where tenants are.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { ProxyMetrics } from '../metrics.ts';

interface HealthOptions {
  readonly metrics: ProxyMetrics;
  readonly isReady: () => boolean;
}

export function createHealthListener({ metrics, isReady }: HealthOptions): Server {
  return createServer((request, response) => {
    const reply = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    };
    if (request.method !== 'GET') return reply(405, 'use GET here\n');
    switch (request.url) {
      case '/healthz':
        return reply(200, 'ok\n');
      case '/readyz':
        return isReady() ? reply(200, 'ready\n') : reply(503, 'control-plane has not been reached yet\n');
      case '/metrics':
        metrics.render().then(
          (text) => reply(200, text, metrics.contentType),
          () => reply(500, 'the metrics could not be written\n'),
        );
        return;
      default:
        return reply(404, 'there is nothing at this address\n');
    }
  });
}
