// The label lock on OTLP push in JSON, with the meaning of stamp-otlp.ts. The body is parsed and written anew, so
// that what the Collector reads is exactly what was looked at here: no key twice, nothing in an odd spelling.
// Attributes are found by their shape, not by where they are: nothing can hide in a field that is unknown to us.
import type { Signal } from '@obstack/contracts';
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Stamped } from './stamp-otlp.ts';
import { follow, NO_MATCH, ROOT, TENANT_ID } from './tenant-name.ts';
import type { NamePath } from './tenant-name.ts';
import { MAX_DEPTH } from './wire.ts';

type JsonObject = Record<string, unknown>;

// pdata reads both spellings of every field, and appends when both are there.
const GROUPS = {
  logs: ['resourceLogs', 'resource_logs'],
  metrics: ['resourceMetrics', 'resource_metrics'],
  traces: ['resourceSpans', 'resource_spans'],
} as const;
const RECORDS = new Set(['logRecords', 'log_records', 'spans', 'dataPoints', 'data_points']);

// A nested attribute is three messages in protobuf, and three objects and an array here.
const MAX_JSON_DEPTH = MAX_DEPTH * 1.5;

/** A number outside of strings that a double may not hold: ours to find, not to judge, so it may find too much. */
const LONG_NUMBER = /[:,[]\s*-?\d[\d.eE+-]{15}|[:,[]\s*-0/;

/**
 * @param body an Export{Logs,Metrics,Trace}ServiceRequest in JSON
 * @param tenantId the value that `tenant_id` is to have
 * @throws Refusal 400 when the body is not one
 */
export function stampOtlpJson(signal: Signal, body: Uint8Array, tenantId: string): Stamped {
  const request = parse(body);
  if (!isObject(request)) throw undecodable('it is not a JSON object');
  const walk = new Walk();
  walk.object(request, ROOT, 1);
  // JSON.parse keeps the last of two equal keys: the data of the first would be lost without a word.
  if (walk.keys !== countKeys(body)) throw undecodable('an object has the same key twice');
  for (const name of GROUPS[signal]) {
    for (const group of arrayOf(request[name], name)) stampGroup(group, name, tenantId);
  }
  return {
    body: Buffer.from(JSON.stringify(request)),
    records: walk.records,
    longestLine: walk.longestLine,
  };
}

function parse(body: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepNumber) : JSON.parse(text);
  } catch (cause) {
    throw undecodable(cause instanceof Error ? cause.message : 'it is not JSON', cause);
  }
}

// ECMAScript 2026 JSON source text access, in Node since 21; not yet in TypeScript's library.
interface RawJson {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}
const rawJson = JSON as unknown as RawJson;

/** Keeps a number as it was written where a double would change it (64-bit integers, −0). */
function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  const isExact = Number.isFinite(value) && String(value) === context.source;
  return isExact ? value : rawJson.rawJSON(context.source);
}

function stampGroup(group: unknown, name: string, tenantId: string): void {
  if (!isObject(group)) throw undecodable(`${name} holds something that is not an object`);
  group['resource'] ??= {};
  const resource = group['resource'];
  if (!isObject(resource)) throw undecodable('a resource is not an object');
  const attributes = arrayOf(resource['attributes'], 'attributes');
  attributes.push({ key: 'tenant_id', value: { stringValue: tenantId } });
  resource['attributes'] = attributes;
}

/** Goes through everything once: removes attributes, counts, and refuses what decoders read differently. */
class Walk {
  records = 0;
  longestLine = 0;
  keys = 0;

  object(object: JsonObject, path: NamePath, depth: number): void {
    for (const [key, value] of Object.entries(object)) {
      this.keys += 1;
      // pdata takes an empty key for the end of the object and reads on in the wrong place.
      if (key === '') throw undecodable('an object has an empty key');
      if (key === 'body') {
        this.longestLine = Math.max(this.longestLine, lineSize(value));
        this.#value(value, NO_MATCH, depth + 1);
        continue;
      }
      if (RECORDS.has(key) && Array.isArray(value)) this.records += value.length;
      this.#value(value, path, depth + 1);
    }
  }

  #value(value: unknown, path: NamePath, depth: number): void {
    if (depth > MAX_JSON_DEPTH) throw undecodable('it is nested too deep');
    if (Array.isArray(value)) this.#array(value, path, depth);
    else if (isObject(value)) this.object(value, path, depth);
    else if (typeof value === 'number' && !Number.isFinite(value)) throw undecodable('a number is too large');
  }

  #array(array: unknown[], path: NamePath, depth: number): void {
    let kept = 0;
    for (const element of array) {
      const below = keyPath(element, path);
      this.#value(element, below === TENANT_ID ? NO_MATCH : below, depth + 1);
      if (below !== TENANT_ID) array[kept++] = element;
    }
    array.length = kept;
  }
}

/** What an element adds to the path when it is an attribute: an object with a `key`. */
function keyPath(element: unknown, path: NamePath): NamePath {
  if (path === NO_MATCH || !isObject(element) || typeof element['key'] !== 'string') return path;
  const key = Buffer.from(element['key']);
  return follow(path, key, 0, key.length);
}

function lineSize(body: unknown): number {
  const text = isObject(body) ? (body['stringValue'] ?? body['string_value']) : undefined;
  return Buffer.byteLength(typeof text === 'string' ? text : JSON.stringify(body));
}

/** Counts the keys in the text: each has a colon after it, and there are no others outside of strings. */
function countKeys(body: Uint8Array): number {
  let count = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number;
    if (byte === QUOTE) inString = !inString;
    else if (byte === BACKSLASH) i += 1;
    else if (byte === COLON && !inString) count += 1;
  }
  return count;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

function arrayOf(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw undecodable(`${name} is not an array`);
  return value;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !rawJson.isRawJSON(value);

const undecodable = (why: string, cause?: unknown): Refusal =>
  refuse.undecodable(`the body cannot be decoded: ${why}`, { cause });
