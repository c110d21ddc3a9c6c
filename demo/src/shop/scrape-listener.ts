/** Serves `/<tenant>/metrics` for each shop, and `/healthz`. Loopback only: it knows no credentials. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { ScrapedMetrics } from './scraped-metrics.ts';

export async function listenForScrapes(
  address: { host: string; port: number },
  shops: ReadonlyMap<string, ScrapedMetrics>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const [, tenant, page] = /^\/([^/]+)(\/metrics)?$/.exec(request.url ?? '') ?? [];
    const scraped = page && tenant ? shops.get(tenant) : undefined;
    if (scraped) {
      scraped.text().then(
        (text) => response.writeHead(200, { 'content-type': scraped.contentType }).end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    } else {
      response.writeHead(tenant === 'healthz' ? 200 : 404).end();
    }
  });
  server.listen(address.port, address.host);
  await once(server, 'listening');
  return server;
}
