/**
 * The OpenAPI 3.1 document of the public API. Nothing of it is written by hand: paths, schemas, problems, permissions
 * and features all follow from the declarations in contracts.
 */
import * as contracts from '@obstack/contracts';
import {
  type Endpoint,
  FEATURES,
  isIdempotent,
  PERMISSIONS,
  planWith,
  PROBLEM_CONTENT_TYPE,
  type ProblemCode,
  PROBLEMS,
  problemsOf,
  problemType,
} from '@obstack/contracts';
import { z } from 'zod';
import { EXAMPLES } from './examples.ts';
import { createSchemas, type JsonSchema, type Schemas } from './schemas.ts';

export interface OpenApiDocument {
  openapi: '3.1.0';
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; [kind: string]: Record<string, unknown> };
  [member: string]: unknown;
}

interface Operation {
  operationId: string;
  responses: Record<string, unknown>;
  [member: string]: unknown;
}

const REQUEST_ID = {
  'X-Request-Id': {
    description: 'Names this request in logs and in the audit log; yours, if you sent one.',
    schema: { type: 'string' },
  },
};

/** What contracts export under a capital letter is a noun of the API and becomes a component of that name. */
function nouns(): Record<string, z.ZodType> {
  const named: Record<string, z.ZodType> = {};
  for (const [name, value] of Object.entries<unknown>(contracts)) {
    if (/^[A-Z][a-z]/.test(name) && value instanceof z.ZodType) named[name] = value;
  }
  return named;
}

export function openApiDocument(endpoints: readonly Endpoint[]): OpenApiDocument {
  const schemas = createSchemas(nouns(), EXAMPLES);
  const problems = new Map<string, ProblemCode[]>();
  const paths: OpenApiDocument['paths'] = {};
  for (const endpoint of endpoints) {
    const path = (paths[endpoint.path] ??= {});
    path[endpoint.method.toLowerCase()] = operationOf(endpoint, schemas, problems);
  }
  const problem = schemas.of(contracts.Problem, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Obstack API',
      version: '1.0.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: INTRODUCTION,
    },
    servers: [{ url: '/', description: 'This control-plane' }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components,
      responses: Object.fromEntries(
        [...problems].map(([name, codes]) => [name, problemResponse(codes, problem)]),
      ),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An operator’s API token (`obo_…`), or the access token of a login. A tenant’s ingestion keys and query tokens open the proxy; this API takes the query token of a Grafana org only, and only together with `grafana`.',
        },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'obstack_session',
          description:
            'Set by a login in the browser. A request that changes something must then come from the same origin.',
        },
        grafana: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Grafana-Id',
          description:
            'Who is behind a request through Grafana, signed by Grafana, which adds it by itself. Permissions follow from their role in the org, whose query token has to be the bearer token.',
        },
      },
    },
  };
}

function operationOf(endpoint: Endpoint, schemas: Schemas, problems: Map<string, ProblemCode[]>): Operation {
  const { id, tag, request } = endpoint;
  // The summary is a title, and what follows its semicolon the rest of the story.
  const [summary, ...more] = endpoint.summary.split('; ');
  const story = more.map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
  return {
    operationId: id,
    summary,
    description: [...story, termsOf(endpoint)].join('\n\n'),
    tags: [tag],
    security: securityOf(endpoint),
    ...(endpoint.caller === 'actor' && {
      'x-permission': endpoint.permission,
      ...(endpoint.feature && { 'x-feature': endpoint.feature }),
    }),
    parameters: [
      ...parametersOf('path', endpoint.params, schemas),
      ...parametersOf('query', endpoint.query, schemas),
      ...headersOf(endpoint),
    ],
    ...(request && {
      requestBody: {
        required: !request.safeParse(undefined).success,
        content: { 'application/json': { schema: schemas.of(request, 'input') } },
      },
    }),
    responses: {
      [endpoint.status]: successOf(endpoint, schemas),
      ...refusalsOf(endpoint, problems),
      // Node's own, from before any of our code runs.
      ...(endpoint.query && { 431: { description: 'Address and headers together are above 16 KiB' } }),
    },
  };
}

function securityOf(endpoint: Endpoint): Record<string, []>[] {
  if (endpoint.caller !== 'actor') return [];
  const ofAccounts = [{ bearer: [] as [] }, { cookie: [] as [] }];
  const spansTenants = !endpoint.path.includes('{tenantId}') && endpoint.permission !== 'signed-in';
  return spansTenants ? ofAccounts : [...ofAccounts, { bearer: [], grafana: [] }];
}

/** What a caller needs, in words. */
function termsOf(endpoint: Endpoint): string {
  if (endpoint.caller !== 'actor') return 'Anybody may ask.';
  const { permission, feature } = endpoint;
  const who =
    permission === 'signed-in'
      ? 'For anybody who is signed in, here or in Grafana.'
      : permission === 'account'
        ? 'For anybody who is signed in with an account of Obstack.'
        : `Needs the permission \`${permission}\` (${PERMISSIONS[permission].toLowerCase()})${
            endpoint.path.includes('{tenantId}') ? '' : '; for operators'
          }.`;
  if (!feature) return who;
  return `${who}\n\nNeeds the feature \`${feature}\` (${FEATURES[feature].toLowerCase()}), which comes with the plan ${planWith(feature)}.`;
}

function parametersOf(place: 'path' | 'query', object: z.ZodObject | undefined, schemas: Schemas): object[] {
  return Object.entries(object?.shape ?? {}).map(([name, field]) => {
    const type = field as z.ZodType;
    const description = schemas.describe(type);
    return {
      name,
      in: place,
      required: place === 'path' || !type.safeParse(undefined).success,
      ...(description && { description }),
      schema: schemas.of(type, 'input'),
    };
  });
}

function headersOf(endpoint: Endpoint): object[] {
  const header = (name: string, schema: object, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema,
  });
  return [
    ...(isIdempotent(endpoint)
      ? [
          header(
            'Idempotency-Key',
            { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
            'A new UUID for each thing to create. Sent again within 24 hours, the request gets its first answer again and changes nothing.',
          ),
        ]
      : []),
    ...(endpoint.etag && endpoint.method !== 'GET'
      ? [
          header(
            'If-Match',
            { type: 'string' },
            'The `ETag` of what you read. When it has changed since, the answer is 412 and nothing is done.',
          ),
        ]
      : []),
  ];
}

function successOf(endpoint: Endpoint, schemas: Schemas): object {
  const { response, status, lines, etag } = endpoint;
  const schema = response && schemas.of(response, 'output');
  return {
    description: DESCRIPTIONS[status],
    headers: {
      ...REQUEST_ID,
      ...(etag &&
        response && {
          ETag: {
            description: 'Send it as `If-Match` to change this, and only this, state.',
            schema: { type: 'string' },
          },
        }),
      ...(status === 302 && { Location: { description: 'Where to go on.', schema: { type: 'string' } } }),
    },
    ...(schema && { content: { [lines ? 'application/x-ndjson' : 'application/json']: { schema } } }),
  };
}

const DESCRIPTIONS: Record<Endpoint['status'], string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted; it goes on from here by itself',
  204: 'Done',
  302: 'On to another page',
};

/** One response for each status; where several problems share one, their `type` tells them apart. */
function refusalsOf(endpoint: Endpoint, problems: Map<string, ProblemCode[]>): Record<string, object> {
  const byStatus = Object.groupBy(problemsOf(endpoint), (code) => String(PROBLEMS[code].status));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => {
      const name = codes.toSorted().join('-or-');
      problems.set(name, codes.toSorted());
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function problemResponse(codes: ProblemCode[], schema: JsonSchema): object {
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }]));
  return {
    description: codes.map((code) => PROBLEMS[code].title).join('; or: '),
    headers: REQUEST_ID,
    content: { [PROBLEM_CONTENT_TYPE]: { schema, examples } },
  };
}

function exampleOf(code: ProblemCode): contracts.Problem {
  const { status, title } = PROBLEMS[code];
  return {
    type: problemType(code),
    title,
    status,
    detail: code === 'invalid-request' ? 'Some of what was sent is not valid; see errors.' : `${title}.`,
    requestId: '0b4c7d4e-3a0e-4b53-9d0a-5d1f6f6c2a11',
    ...(code === 'invalid-request' && {
      errors: [
        {
          location: 'body.name',
          message: 'Too small: expected string to have >=1 characters',
          fix: 'Make it at least 1 characters long',
        },
      ],
    }),
  };
}

const INTRODUCTION = `
Tenants, people, keys and the audit log of Obstack, over HTTP and JSON.

**Sign in.** Send \`Authorization: Bearer …\` with an operator’s API token or the access token of a login.

**Lists** come in pages: \`limit\` and \`cursor\` go in, \`items\` and \`next\` come out; \`next\` is null on the last page.

**Creating twice** is avoided with an \`Idempotency-Key\`; **overwriting** what somebody else just changed, with
\`If-Match\`.

**Errors** are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) \`application/problem+json\`. Branch on \`type\`;
\`errors\` says where the mistake is and how to mend it; \`requestId\` is what to quote when you ask for help.
What belongs to another tenant answers exactly as what does not exist: 404.

**From TypeScript**, \`createClient\` of \`@obstack/contracts/client\` has a typed method for each operation; **from a
shell**, \`npx obstack --help\`.
`.trim();
