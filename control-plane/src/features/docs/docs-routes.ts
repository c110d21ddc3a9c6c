/** The API's own documentation: the OpenAPI document, and Redoc from its npm package to read it with. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Endpoint, publicEndpoints } from '@obstack/contracts';
import { type Response, Router } from 'express';
import { openApiDocument } from './openapi.ts';

const BUNDLE = fileURLToPath(import.meta.resolve('redoc/bundles/redoc.standalone.js'));
const STYLES = fileURLToPath(new URL('docs.css', import.meta.url));

/** The hash is that of no text at all: Redoc adds empty style elements and fills them by script. */
const NO_TEXT = `'sha256-${createHash('sha256').digest('base64')}'`;

/** Nothing from elsewhere is loaded, and nothing is sent elsewhere. Search runs in a worker that Redoc makes from a blob. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${NO_TEXT}`,
  "connect-src 'self'",
  "img-src 'self' data:",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function docsRoutes(endpoints: readonly Endpoint[] = publicEndpoints): Router {
  const document = JSON.stringify(openApiDocument(endpoints));
  const etag = `"${createHash('sha256').update(document).digest('base64url').slice(0, 22)}"`;
  const router = Router({ caseSensitive: true, strict: true });

  const named = (response: Response) => {
    response.locals['endpoint'] = 'docs';
    return response.set('x-content-type-options', 'nosniff');
  };
  router.get('/api/v1/openapi.json', (request, response) => {
    named(response).set({ etag, 'cache-control': 'no-cache' });
    if (request.headers['if-none-match'] === etag) response.status(304).end();
    else response.type('json').send(document);
  });
  router.get('/api/docs', (_request, response) => {
    named(response)
      .set({ 'content-security-policy': CONTENT_SECURITY_POLICY, 'cache-control': 'no-cache' })
      .type('html')
      .send(PAGE);
  });
  for (const [address, path] of [
    ['/api/docs/redoc.js', BUNDLE],
    ['/api/docs/docs.css', STYLES],
  ] as const) {
    // With its folder as the root, as a checkout may well lie below a hidden folder, which would not be served.
    const file = { root: dirname(path), maxAge: '1h' };
    router.get(address, (_request, response) => named(response).sendFile(basename(path), file));
  }
  return router;
}

/** Addresses are relative, so that the page works under whatever a gateway puts in front of it. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Obstack API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/docs.css" />
  </head>
  <body>
    <noscript>This page needs JavaScript; the <a href="v1/openapi.json">OpenAPI document</a> does not.</noscript>
    <redoc spec-url="v1/openapi.json" expand-responses="200,201" path-in-middle-panel required-props-first
      json-sample-expand-level="4" hide-schema-titles native-scrollbars></redoc>
    <script src="docs/redoc.js"></script>
  </body>
</html>
`;
