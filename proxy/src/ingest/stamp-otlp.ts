// The label lock on OTLP push (protobuf): removes every attribute that a store could take for `tenant_id`, at
// every level, and writes the caller's own into every resource. Works on the bytes as sent: one pass that
// validates them and collects what to change, one copy. What is not understood is kept, what is not valid refused.
import type { Signal } from '@obstack/contracts';
import { Edits, fresh } from './edits.ts';
import { FIRST_COUNTED, otlp } from './otlp-schema.ts';
import { canBegin, follow, isWordByte, NO_MATCH, ROOT, TENANT, TENANT_ID } from './tenant-name.ts';
import type { NamePath } from './tenant-name.ts';
import {
  BYTES_SHAPE,
  checkContent,
  FIXED64_SHAPE,
  ILLEGAL,
  illegal,
  isAscii,
  MESSAGE,
  TAGS,
  UNKNOWN,
  VARINT_SHAPE,
} from './wire-schema.ts';
import { BYTES, bytesField, MAX_DEPTH, undecodable, VARINT, WireReader } from './wire.ts';

export interface Stamped {
  readonly body: Buffer;
  /** Log records, spans or data points. */
  readonly records: number;
  /** The encoded size of the largest log body, in bytes; 0 for other signals. */
  readonly longestLine: number;
}

const SHAPES = otlp.shapes;
const KEY_VALUE = otlp.typeOf('KeyValue');
const RESOURCE = otlp.typeOf('Resource');
const BODY = otlp.typeOf('Body');
const KEY_VALUE_SHAPE = MESSAGE + KEY_VALUE;
const BODY_SHAPE = MESSAGE + BODY;

const SCOPE_OF = {
  logs: otlp.typeOf('ScopeLogs'),
  metrics: otlp.typeOf('ScopeMetrics'),
  traces: otlp.typeOf('ScopeSpans'),
} as const;

// Field numbers of Export*ServiceRequest and Resource{Logs,Metrics,Spans}, the same for all three signals.
const REQUEST_GROUPS = 1;
const GROUP_RESOURCE = 1;
const GROUP_SCOPES = 2;
const GROUP_SCHEMA_URL = 3;
// pdata still reads these where there are no others (internal/otlp/logs.go, MigrateLogs).
const GROUP_DEPRECATED_SCOPES = 1000;

const ATTRIBUTE = 0;
const WHOLE_RESOURCE = 1;

const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;
const STRING_VALUE_TAG = 0x0a;

/** An attribute that is to go. No real growth is that large. */
const REMOVE = Infinity;

/**
 * @param body an Export{Logs,Metrics,Trace}ServiceRequest
 * @param tenantId the value that `tenant_id` is to have
 * @param headroom how many bytes before the body, in the same memory, are free. With room enough the result is written
 *   around the body, which is then spoilt
 * @throws Refusal 400 when the body is not one
 */
export function stampOtlp(signal: Signal, body: Uint8Array, tenantId: string, headroom = 0): Stamped {
  const stamper = new Stamper(body, signal, tenantId);
  if (stamper.run()) return stamper.result(headroom);
  const merged = new Stamper(mergeResources(body), signal, tenantId);
  merged.run();
  return merged.result(0);
}

class Stamper extends WireReader {
  readonly #edits: Edits;
  readonly #scope: number;
  #growth = 0;
  #records = 0;
  #longestLine = 0;

  constructor(body: Uint8Array, signal: Signal, tenantId: string) {
    super(body);
    this.#scope = SCOPE_OF[signal];
    this.#edits = new Edits(stampsFor(tenantId));
  }

  /** Walks over the whole request. False when a resource comes in several parts: merge them and start anew. */
  run(): boolean {
    const end = this.buf.length;
    while (this.pos < end) {
      const tag = this.tag(end);
      if (tag >>> 3 !== REQUEST_GROUPS) {
        this.skip(tag & 7, end);
        continue;
      }
      const lengthAt = this.#expectBytes(tag);
      const length = this.length(end);
      const start = this.pos;
      const mark = this.#edits.mark;
      const growth = this.#group(start + length);
      if (growth === undefined) return false;
      this.#growth += this.#edits.relength(mark, lengthAt, start, length, growth);
    }
    return true;
  }

  result(headroom: number): Stamped {
    return {
      body:
        this.#edits.applyInPlace(this.buf, this.#growth, headroom) ??
        this.#edits.apply(this.buf, this.#growth, fresh),
      records: this.#records,
      longestLine: this.#longestLine,
    };
  }

  /** One Resource{Logs,Metrics,Spans}. Undefined when it has more than one `resource`. */
  #group(end: number): number | undefined {
    let growth = 0;
    let resources = 0;
    while (this.pos < end) {
      const tag = this.tag(end);
      const field = tag >>> 3;
      if (field === GROUP_SCHEMA_URL) this.#expectBytes(tag);
      if (field !== GROUP_RESOURCE && field !== GROUP_SCOPES && field !== GROUP_DEPRECATED_SCOPES) {
        this.skip(tag & 7, end);
        continue;
      }
      const lengthAt = this.#expectBytes(tag);
      const length = this.length(end);
      const start = this.pos;
      const stop = start + length;
      const mark = this.#edits.mark;
      let grown: number;
      if (field === GROUP_RESOURCE) {
        if (++resources > 1) return undefined;
        grown =
          this.#message(RESOURCE, start, stop, ROOT, 2) +
          this.#edits.insert(this.#edits.mark, stop, ATTRIBUTE);
      } else {
        grown = this.#message(this.#scope, start, stop, ROOT, 2);
      }
      if (grown !== 0) growth += this.#edits.relength(mark, lengthAt, start, length, grown);
      this.pos = stop;
    }
    if (resources === 0) growth += this.#edits.insert(this.#edits.mark, end, WHOLE_RESOURCE);
    return growth;
  }

  #expectBytes(tag: number): number {
    if ((tag & 7) !== BYTES) throw undecodable('a message of another wire type', this.pos);
    return this.pos;
  }

  /**
   * Validates a message and removes what must go. This is the hot loop: one pass over every field of the body.
   * @param path what the keys around it spell, for values; ROOT elsewhere; NO_MATCH where nothing is to go
   * @returns by how many bytes the message has grown
   */
  #message(type: number, start: number, end: number, path: NamePath, depth: number): number {
    if (depth > MAX_DEPTH) throw undecodable('messages nested too deep', start);
    const { buf, view } = this;
    const row = type * TAGS;
    let growth = 0;
    let pos = start;
    if (type >= FIRST_COUNTED) this.#records += 1;
    while (pos < end) {
      const at = pos;
      let tag = buf[pos] as number;
      if (tag < 0x80) {
        pos += 1;
      } else {
        this.pos = pos;
        tag = this.tag(end);
        pos = this.pos;
      }
      const shape = (tag < TAGS ? SHAPES[row + tag] : UNKNOWN[tag & 7]) as number;
      if (shape >= BYTES_SHAPE) {
        const lengthAt = pos;
        let length = pos < end ? (buf[pos] as number) : 0x80;
        if (length < 0x80 && length < end - pos) {
          pos += 1;
        } else {
          this.pos = pos;
          length = this.length(end);
          pos = this.pos;
        }
        const stop = pos + length;
        if (shape === KEY_VALUE_SHAPE && isPlainAttribute(buf, view, pos, stop, path)) {
          // Nothing to do: this is where most of a body goes.
        } else if (shape >= MESSAGE) {
          const mark = this.#edits.mark;
          let grown: number;
          if (shape === KEY_VALUE_SHAPE && path !== NO_MATCH) {
            grown = this.#attribute(pos, stop, path, depth + 1);
          } else if (shape === BODY_SHAPE) {
            if (length > this.#longestLine) this.#longestLine = length;
            grown = isPlainText(buf, pos, stop) ? 0 : this.#message(BODY, pos, stop, NO_MATCH, depth + 1);
          } else {
            grown = this.#message(shape - MESSAGE, pos, stop, path, depth + 1);
          }
          if (grown === REMOVE) growth += this.#edits.remove(at, stop);
          else if (grown !== 0) growth += this.#edits.relength(mark, lengthAt, pos, length, grown);
        } else if (shape > BYTES_SHAPE) {
          checkContent(this, shape, pos, stop);
        }
        pos = stop;
      } else if (shape === FIXED64_SHAPE) {
        pos += 8;
      } else if (shape === VARINT_SHAPE) {
        if (pos < end && (buf[pos] as number) < 0x80) {
          pos += 1;
        } else {
          this.pos = pos;
          this.skip(VARINT, end);
          pos = this.pos;
        }
      } else if (shape === ILLEGAL) {
        throw illegal(tag, at);
      } else {
        pos += 4;
      }
    }
    if (pos > end) throw undecodable('a value that is cut short', end);
    return growth;
  }

  /** One attribute. Returns REMOVE when its key makes it the label, else its growth. */
  #attribute(start: number, end: number, path: NamePath, depth: number): number {
    const below = this.#keyPath(start, end, path);
    const grown = this.#message(KEY_VALUE, start, end, below === TENANT_ID ? NO_MATCH : below, depth);
    return below === TENANT_ID ? REMOVE : grown;
  }

  /** What the key of an attribute adds to `path`. Of several keys the last counts, as in every decoder. */
  #keyPath(start: number, end: number, path: NamePath): NamePath {
    let below = path;
    this.pos = start;
    while (this.pos < end) {
      const tag = this.tag(end);
      if (tag !== KEY_TAG) {
        this.skip(tag & 7, end);
        continue;
      }
      const length = this.length(end);
      below = follow(path, this.buf, this.pos, this.pos + length);
      this.pos += length;
    }
    return below;
  }
}

/** Whether a key with this first byte cannot go on from a path to our name: at `path * 256 + byte`. */
const IS_OTHER_KEY = new Uint8Array(4 * 256);
for (const path of [NO_MATCH, ROOT, TENANT] as const) {
  for (let byte = 0; byte < 256; byte++) {
    IS_OTHER_KEY[path * 256 + byte] = Number(isWordByte(byte) && !canBegin(path, byte));
  }
}

/**
 * Whether an attribute is a short ASCII key that cannot be ours, a short string, and nothing else. Nearly all
 * are, so this shortcut makes the whole walk twice as fast; false only means to look properly.
 */
function isPlainAttribute(
  buf: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  path: NamePath,
): boolean {
  // 0x0a key-length key… 0x12 value-length 0x0a text-length text…; as the whole is shorter than 0x80, each length is.
  if (end - start < 6 || end - start >= 0x80 || buf[start] !== KEY_TAG) return false;
  const keyAt = start + 2;
  const keyEnd = keyAt + (buf[start + 1] as number);
  if (keyEnd + 4 > end) return false;
  const valueLength = end - keyEnd - 2;
  return (
    buf[keyEnd] === VALUE_TAG &&
    buf[keyEnd + 1] === valueLength &&
    buf[keyEnd + 2] === STRING_VALUE_TAG &&
    buf[keyEnd + 3] === valueLength - 2 &&
    // No byte of a key stands here when there is none, but VALUE_TAG, which is not of a word.
    IS_OTHER_KEY[path * 256 + (buf[keyAt] as number)] === 1 &&
    isAscii(view, keyAt, keyEnd)
  );
}

/** Whether a value is a short string and nothing else. */
const isPlainText = (buf: Uint8Array, start: number, end: number): boolean =>
  end - start >= 2 &&
  end - start < 0x82 &&
  buf[start] === STRING_VALUE_TAG &&
  buf[start + 1] === end - start - 2;

/** The pieces to put in, by ATTRIBUTE and WHOLE_RESOURCE. */
function stampsFor(tenantId: string): Buffer[] {
  const value = bytesField(1, Buffer.from(tenantId));
  const keyValue = Buffer.concat([bytesField(1, Buffer.from('tenant_id')), bytesField(2, value)]);
  const attribute = bytesField(1, keyValue);
  return [attribute, bytesField(GROUP_RESOURCE, attribute)];
}

/**
 * A singular message that comes in several parts is their concatenation to one decoder and the last part to
 * another. Makes it one part, so that there is one reading only. No sender we know does this, so it may be slow.
 */
function mergeResources(body: Uint8Array): Buffer {
  const reader = new WireReader(body);
  const out: Uint8Array[] = [];
  while (reader.pos < body.length) {
    const start = reader.pos;
    const tag = reader.tag(body.length);
    if (tag !== REQUEST_GROUPS * 8 + BYTES) {
      reader.skip(tag & 7, body.length);
      out.push(body.subarray(start, reader.pos));
      continue;
    }
    const end = reader.length(body.length) + reader.pos;
    out.push(bytesField(REQUEST_GROUPS, mergeGroup(reader, end)));
  }
  return Buffer.concat(out);
}

function mergeGroup(reader: WireReader, end: number): Buffer {
  const resources: Uint8Array[] = [];
  const others: Uint8Array[] = [];
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.tag(end);
    if (tag === GROUP_RESOURCE * 8 + BYTES) {
      const length = reader.length(end);
      resources.push(reader.buf.subarray(reader.pos, reader.pos + length));
      reader.pos += length;
    } else {
      reader.skip(tag & 7, end);
      others.push(reader.buf.subarray(start, reader.pos));
    }
  }
  if (resources.length === 0) return Buffer.concat(others);
  return Buffer.concat([bytesField(GROUP_RESOURCE, Buffer.concat(resources)), ...others]);
}
