/** What only a proxy may ask; none of it is part of the public API. */
import {
  IDENTITY_EVENTS_PATH,
  reportUsage,
  resolveCredential,
  resolveGrafana,
  resolveIssuer,
  resolvePrincipal,
} from '@obstack/contracts/internal';
import { createEndpointRouter } from '@obstack/service-kit/endpoint';
import type { Metrics } from '@obstack/service-kit/metrics';
import { UnauthenticatedError } from '@obstack/service-kit/problem';
import { bearerToken, secretsEqual } from '@obstack/service-kit/secrets';
import { type Response, Router } from 'express';
import type { Database } from '../../db/connect.ts';
import type { AskGrafanaSigner } from '../../identity/grafana/signer.ts';
import type { People } from '../../identity/people.ts';
import type { KeyStore } from '../keys/keys-store.ts';
import type { RejectionStore } from '../rejections/rejections-store.ts';
import type { IdentityEvents } from './identity-events.ts';
import { resolveLive } from './credentials-service.ts';
import { type IssuerOf, requireSigner, resolvePerson, resolveTrusted } from './principals-service.ts';
import { takeUsage } from './usage-service.ts';

/** A proxy that leaves this much unread is cut off; it then connects anew and starts from a `hello`. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** A full usage report. */
const MAX_BODY_BYTES = 512 * 1024;

export interface InternalDeps {
  internalToken: string;
  db: Database;
  keys: KeyStore;
  rejections: RejectionStore;
  people: People;
  issuerOf: IssuerOf;
  grafanaSigner: AskGrafanaSigner;
  events: IdentityEvents;
  metrics: Metrics;
}

export function internalRoutes({
  internalToken,
  db,
  keys,
  rejections,
  people,
  issuerOf,
  grafanaSigner,
  events,
  metrics,
}: InternalDeps): Router {
  const requireProxy = (authorization: string | undefined): void => {
    if (!secretsEqual(bearerToken(authorization) ?? '', internalToken)) {
      throw new UnauthenticatedError('Send `Authorization: Bearer <INTERNAL_TOKEN>`.');
    }
  };

  const api = createEndpointRouter({
    caller: 'proxy',
    bodyLimit: MAX_BODY_BYTES,
    admit: ({ headers }) => requireProxy(headers.authorization),
  });
  api.mount(resolveCredential, (_ctx, { body }) => resolveLive({ db, keys, rejections }, body.sha256));
  api.mount(resolvePrincipal, (_ctx, { body }) => resolvePerson(people, body));
  api.mount(resolveIssuer, (_ctx, { body }) => resolveTrusted(issuerOf, body.issuer));
  api.mount(resolveGrafana, () => grafanaSigner().then(requireSigner));
  api.mount(reportUsage, (_ctx, { body }) => takeUsage({ db, keys, rejections }, body));

  const router = Router();
  router.get(IDENTITY_EVENTS_PATH, (request, response) => {
    requireProxy(request.headers.authorization);
    streamEvents(events, response);
  });
  router.get('/internal/v1/metrics', async (request, response) => {
    requireProxy(request.headers.authorization);
    response.set('content-type', metrics.contentType).send(await metrics.render());
  });
  router.use(api.router());
  return router;
}

function streamEvents(events: IdentityEvents, response: Response): void {
  response.locals['endpoint'] = 'identityEvents';
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const leave = events.subscribe({
    send: (line) => {
      response.write(line);
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    },
    end: () => response.end(),
  });
  response.once('close', leave);
}
