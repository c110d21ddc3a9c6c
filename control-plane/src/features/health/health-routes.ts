import { getHealth } from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import { UnavailableError } from '@obstack/service-kit/problem';
import { Router } from 'express';

export function mountHealth(api: EndpointRouter<'anyone', unknown>): void {
  api.mount(getHealth, () => ({ status: 'healthy' as const }));
}

/**
 * For whoever runs the process: `/healthz` says that it lives, `/readyz` that it can do its work.
 * @param isReady rejects, or says no, when it cannot
 */
export function probeRoutes(isReady: () => Promise<boolean>): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.type('text').send('ok\n'));
  router.get('/readyz', async (_request, response) => {
    if (!(await isReady())) throw new UnavailableError('Not connected to the database.');
    response.type('text').send('ready\n');
  });
  return router;
}
