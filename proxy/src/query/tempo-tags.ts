// The values of one tag (isolation class 23). Tempo answers for every tenant as soon as the tag asked for has no scope,
// so `.x` is asked in each scope that Tempo itself would look in, and the answers are merged.
import { refuse } from '../http/refusal.ts';
import type { EnforcedCall, Reply } from './endpoint.ts';
import type { Check } from './param-checks.ts';
import { quoted } from './query-params.ts';
import { sendAsIs, sendBody } from './reply.ts';

const SCOPED = /^(?:resource|span|event|link|instrumentation)\../s;
const UNSCOPED = /^\../s;
/** Where Tempo 2.8 looks for an attribute without a scope (tempodb/encoding/vparquet4/block_search_tags.go). */
const SCOPES_OF_UNSCOPED = ['resource', 'span', 'instrumentation'];
// Ids are left out, as Tempo has no values for them.
const INTRINSICS = new Set([
  ...['name', 'status', 'statusMessage', 'kind', 'duration', 'rootName', 'rootServiceName', 'traceDuration'],
  ...['span:name', 'span:status', 'span:statusMessage', 'span:kind', 'span:duration'],
  ...['trace:rootName', 'trace:rootService', 'trace:duration'],
  ...['event:name', 'event:timeSinceStart', 'instrumentation:name', 'instrumentation:version'],
]);
/** Asked as the name and the service of the caller's own root spans: the root of a whole trace may be another's. */
const OF_THE_ROOT = new Map([
  ...['rootName', 'trace:rootName'].map((tag) => [tag, 'name'] as const),
  ...['rootServiceName', 'trace:rootService'].map((tag) => [tag, 'resource.service.name'] as const),
]);
const IS_ROOT = 'nestedSetParent < 0';
const MAX_TAG_LENGTH = 1024;

/** Tempo decodes the segment a second time (`url.QueryUnescape` in pkg/api), and clients that know encode it twice. */
function decodedTag(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

export const tagName: Check = (segment) => {
  const tag = decodedTag(segment);
  const isKnown =
    tag !== undefined &&
    tag.length <= MAX_TAG_LENGTH &&
    (SCOPED.test(tag) || UNSCOPED.test(tag) || INTRINSICS.has(tag));
  return isKnown ? undefined : 'must be an attribute such as span.http.route, or an intrinsic such as name';
};

export const tagValues: Reply = async (call, { response }) => {
  const tag = decodedTag(call.segments['tag'] ?? '') ?? '';
  if (!UNSCOPED.test(tag)) {
    const ofSpan = OF_THE_ROOT.get(tag);
    const form = ofSpan === undefined ? call.form : withCondition(call.form, IS_ROOT);
    return sendAsIs(response, await call.send({ path: valuesPath(ofSpan ?? tag), form }));
  }
  const asked = SCOPES_OF_UNSCOPED.map((scope) =>
    call.send({ path: valuesPath(scope + tag), form: call.form }),
  );
  const replies = await Promise.all(asked);
  const failed = replies.find(({ status }) => status !== 200);
  if (failed) return sendAsIs(response, failed);
  const merged = mergeValues(replies.map(({ body }) => body));
  sendBody(response, 'application/json', JSON.stringify({ tagValues: limited(merged, call), metrics: {} }));
};

const valuesPath = (tag: string): string =>
  `/api/v2/search/tag/${encodeURIComponent(encodeURIComponent(tag))}/values`;

/** Adds a condition to the enforced filter, which always has the form `{ a && b }`. */
function withCondition(form: string, condition: string): string {
  const params = new URLSearchParams(form);
  const filter = params.get('q');
  if (filter !== null) params.set('q', filter.replace(/ \}$/, ` && ${condition} }`));
  return params.toString();
}

interface TagValue {
  readonly type: string;
  readonly value: string;
}

function mergeValues(bodies: readonly Buffer[]): TagValue[] {
  const merged = new Map<string, TagValue>();
  for (const body of bodies) {
    for (const found of parseValues(body)) merged.set(JSON.stringify([found.type, found.value]), found);
  }
  return [...merged.values()];
}

function parseValues(body: Buffer): TagValue[] {
  try {
    const { tagValues = [] } = JSON.parse(body.toString('utf8')) as { tagValues?: TagValue[] };
    return tagValues;
  } catch (cause) {
    throw refuse.badGateway(`Tempo's answer is not JSON: ${quoted(body.toString('latin1'))}`, { cause });
  }
}

function limited(values: TagValue[], { form }: EnforcedCall): TagValue[] {
  const limit = Number(new URLSearchParams(form).get('limit') ?? 0);
  return limit > 0 ? values.slice(0, limit) : values;
}
