// The label lock on remote_write 1.0: in every series, the caller's `tenant_id` in its sorted place instead of
// whatever a store could take for it. Works on the uncompressed bytes: one pass, one copy; samples are not touched.
import { Edits, fresh } from './edits.ts';
import type { Allocate } from './edits.ts';
import { badLabels, compareBytes, isAfterTenantLabel, isMetricName, TENANT_LABEL } from './label-rules.ts';
import type { StampedSeries } from './label-rules.ts';
import { v1 } from './remote-write-schema.ts';
import { canBeTenantName, isTenantName } from './tenant-name.ts';
import { checkMessage, checkUtf8, illegal, isAscii } from './wire-schema.ts';
import { bytesField, FIXED64, VARINT, WireReader } from './wire.ts';

const SAMPLE = v1.typeOf('Sample');
const HISTOGRAM = v1.typeOf('Histogram');
const METADATA = v1.typeOf('MetricMetadata');

// Tags: field number times 8, plus BYTES.
const REQUEST_TIMESERIES = 0x0a;
const REQUEST_METADATA = 0x1a;
const SERIES_LABEL = 0x0a;
const SERIES_SAMPLE = 0x12;
const SERIES_EXEMPLAR = 0x1a;
const SERIES_HISTOGRAM = 0x22;
const LABEL_NAME = 0x0a;
const LABEL_VALUE = 0x12;
const EXEMPLAR_LABEL = 0x0a;

const UNDERSCORE = 0x5f;
const LETTER_T = 0x74;

const STAMP = 0;

/** The tags and lengths before a label's name. */
const LABEL_HEAD = 4;
const NONE = -1;

/** First bytes of names that come before `tenant_id` and can be neither that nor `__name__`. */
const IS_OTHER_LABEL = new Uint8Array(256);
for (let byte = 0; byte < LETTER_T; byte++) IS_OTHER_LABEL[byte] = Number(!canBeTenantName(byte));

/**
 * @param body a `prometheus.WriteRequest`, not compressed
 * @param tenantId the value that `tenant_id` is to have
 * @throws Refusal 400 when the body is not one, or when a store would drop a part of it
 */
export function stampWriteRequestV1(
  body: Uint8Array,
  tenantId: string,
  allocate: Allocate = fresh,
): StampedSeries {
  return new Stamper(body, tenantId).run(allocate);
}

class Stamper extends WireReader {
  readonly #edits: Edits;
  #samples = 0;
  #seriesIndex = 0;
  // The label that was read last.
  #nameStart = 0;
  #nameEnd = 0;
  #valueStart = 0;
  #valueEnd = 0;

  constructor(body: Uint8Array, tenantId: string) {
    super(body);
    const label = Buffer.concat([bytesField(1, TENANT_LABEL), bytesField(2, Buffer.from(tenantId))]);
    this.#edits = new Edits([bytesField(1, label)]);
  }

  run(allocate: Allocate): StampedSeries {
    const end = this.buf.length;
    let growth = 0;
    while (this.pos < end) {
      const at = this.pos;
      const tag = this.tag(end);
      if (tag === REQUEST_TIMESERIES) {
        const lengthAt = this.pos;
        const length = this.length(end);
        const start = this.pos;
        const slot = this.#edits.reserve();
        const grown = this.#series(start + length);
        growth += this.#edits.settle(slot, lengthAt, start, length, grown);
        this.#seriesIndex += 1;
      } else if (tag === REQUEST_METADATA) {
        checkMessage(this, v1, METADATA, this.length(end) + this.pos);
      } else {
        // Not Prometheus' own. Mimir has switches here that turn off its validation, so they do not pass.
        // Fields 4 and 5 are those of a 2.0 request: taken for unknown they would be lost without a word.
        if (tag >>> 3 !== 2) this.#refuseKnown(tag, 5);
        this.skip(tag & 7, end);
        growth += this.#edits.remove(at, this.pos);
      }
    }
    return { body: this.#edits.apply(this.buf, growth, allocate), samples: this.#samples };
  }

  /** @returns by how many bytes it has grown */
  #series(end: number): number {
    const buf = this.buf;
    let growth = 0;
    let isStamped = false;
    let previousStart = -1;
    let previousEnd = -1;
    let isNamed = false;
    // Where the stamp goes if no label comes after it, and which edits that is before.
    let labelsEnd = this.pos;
    let labelsMark = this.#edits.mark;
    while (this.pos < end) {
      const before = this.pos;
      for (;;) {
        const start = this.pos + LABEL_HEAD;
        const nameEnd = this.#otherLabel(end, previousStart, previousEnd);
        if (nameEnd === NONE) break;
        previousStart = start;
        previousEnd = nameEnd;
      }
      if (this.pos !== before) {
        labelsEnd = this.pos;
        labelsMark = this.#edits.mark;
        continue;
      }
      const at = this.pos;
      const tag = this.tag(end);
      switch (tag) {
        case SERIES_LABEL: {
          const stop = this.length(end) + this.pos;
          this.#label(stop);
          const start = this.#nameStart;
          const nameEnd = this.#nameEnd;
          // The first byte nearly always tells enough: these questions are asked a million times a second.
          const first = start < nameEnd ? (buf[start] as number) : 0;
          this.#checkText();
          if (canBeTenantName(first) && isTenantName(buf, start, nameEnd)) {
            growth += this.#edits.remove(at, stop);
            break;
          }
          this.#checkNotEmpty();
          if (previousEnd !== -1 && first <= (buf[previousStart] as number)) {
            this.#checkOrder(previousStart, previousEnd);
          }
          previousStart = start;
          previousEnd = nameEnd;
          if (first === UNDERSCORE) isNamed ||= isMetricName(buf, start, nameEnd);
          if (!isStamped && first >= LETTER_T && isAfterTenantLabel(buf, start, nameEnd)) {
            isStamped = true;
            growth += this.#edits.insert(this.#edits.mark, at, STAMP);
          }
          labelsEnd = stop;
          labelsMark = this.#edits.mark;
          break;
        }
        case SERIES_SAMPLE:
          this.#samples += 1;
          this.#sample(this.length(end) + this.pos);
          break;
        case SERIES_HISTOGRAM:
          this.#samples += 1;
          checkMessage(this, v1, HISTOGRAM, this.length(end) + this.pos);
          break;
        case SERIES_EXEMPLAR: {
          const lengthAt = this.pos;
          const length = this.length(end);
          const start = this.pos;
          const mark = this.#edits.mark;
          const grown = this.#exemplar(start + length);
          if (grown !== 0) growth += this.#edits.relength(mark, lengthAt, start, length, grown);
          break;
        }
        default:
          this.#refuseKnown(tag, 4);
          this.skip(tag & 7, end);
      }
    }
    if (!isNamed) throw badLabels('no label __name__', this.#seriesIndex);
    return isStamped ? growth : growth + this.#edits.insert(labelsMark, labelsEnd, STAMP);
  }

  /**
   * Reads one of the labels that most of a body consists of: written as everybody does, in ASCII, in its order after
   * the previous one, and neither ours nor `__name__` nor one that the stamp may have to go before.
   * @returns where its name ends; NONE, with nothing read, when it is not such a label and must be looked at properly
   */
  #otherLabel(end: number, previousStart: number, previousEnd: number): number {
    const { buf, pos } = this;
    const nameStart = pos + LABEL_HEAD;
    if (nameStart >= end || buf[pos] !== SERIES_LABEL || buf[pos + 2] !== LABEL_NAME) return NONE;
    const first = buf[nameStart] as number;
    if (IS_OTHER_LABEL[first] === 0) return NONE;
    const nameEnd = nameStart + (buf[pos + 3] as number);
    const stop = pos + 2 + (buf[pos + 1] as number);
    // The value is not empty (an empty name has been seen by its first byte), and each length is as it should be.
    if (stop > end || nameEnd + 2 >= stop) return NONE;
    if (buf[nameEnd] !== LABEL_VALUE || nameEnd + 2 + (buf[nameEnd + 1] as number) !== stop) return NONE;
    // From the tag on, so that lengths of two bytes are found too.
    if (!isAscii(this.view, pos, stop)) return NONE;
    if (previousEnd !== -1 && first <= (buf[previousStart] as number)) {
      if (compareBytes(buf, previousStart, previousEnd, buf, nameStart, nameEnd) >= 0) return NONE;
    }
    this.pos = stop;
    return nameEnd;
  }

  #sample(end: number): void {
    if (isPlainSample(this.buf, this.pos, end)) this.pos = end;
    else checkMessage(this, v1, SAMPLE, end);
  }

  /** Reads a label up to `end`. */
  #label(end: number): void {
    if (!this.#plainLabel(end)) this.#anyLabel(end);
  }

  /** A label as everybody writes it: a short name, a short value, nothing else. False when it is not. */
  #plainLabel(end: number): boolean {
    const buf = this.buf;
    const nameStart = this.pos + 2;
    if (nameStart + 2 > end || buf[nameStart - 2] !== LABEL_NAME) return false;
    const nameLength = buf[nameStart - 1] as number;
    const nameEnd = nameStart + nameLength;
    const valueStart = nameEnd + 2;
    if (nameLength >= 0x80 || valueStart > end || buf[nameEnd] !== LABEL_VALUE) return false;
    const valueLength = buf[nameEnd + 1] as number;
    if (valueLength >= 0x80 || valueStart + valueLength !== end) return false;
    this.#nameStart = nameStart;
    this.#nameEnd = nameEnd;
    this.#valueStart = valueStart;
    this.#valueEnd = end;
    this.pos = end;
    return true;
  }

  /** Of a repeated field the last counts, as in every decoder. */
  #anyLabel(end: number): void {
    this.#nameStart = this.#nameEnd = this.#valueStart = this.#valueEnd = this.pos;
    while (this.pos < end) {
      const tag = this.tag(end);
      if (tag !== LABEL_NAME && tag !== LABEL_VALUE) {
        this.#refuseKnown(tag, 2);
        this.skip(tag & 7, end);
        continue;
      }
      const stop = this.length(end) + this.pos;
      if (tag === LABEL_NAME) {
        this.#nameStart = this.pos;
        this.#nameEnd = stop;
      } else {
        this.#valueStart = this.pos;
        this.#valueEnd = stop;
      }
      this.pos = stop;
    }
  }

  #checkNotEmpty(): void {
    if (this.#nameStart === this.#nameEnd) throw badLabels('an empty label name', this.#seriesIndex);
    if (this.#valueStart === this.#valueEnd) throw badLabels('an empty label value', this.#seriesIndex);
  }

  /** Prometheus drops a series with a text that is not UTF-8, in silence. */
  #checkText(): void {
    if (this.#nameStart < this.#valueEnd && isAscii(this.view, this.#nameStart, this.#valueEnd)) return;
    checkUtf8(this, this.#nameStart, this.#nameEnd);
    checkUtf8(this, this.#valueStart, this.#valueEnd);
  }

  #checkOrder(previousStart: number, previousEnd: number): void {
    const buf = this.buf;
    const order = compareBytes(buf, previousStart, previousEnd, buf, this.#nameStart, this.#nameEnd);
    if (order < 0) return;
    const name = Buffer.from(buf.subarray(this.#nameStart, Math.min(this.#nameEnd, this.#nameStart + 64)));
    const what = order === 0 ? 'is given twice' : 'is not in sorted order';
    throw badLabels(`the label "${name.toString('utf8')}" ${what}`, this.#seriesIndex);
  }

  /** @returns by how many bytes it has grown */
  #exemplar(end: number): number {
    let growth = 0;
    while (this.pos < end) {
      const at = this.pos;
      const tag = this.tag(end);
      if (tag === EXEMPLAR_LABEL) {
        const stop = this.length(end) + this.pos;
        this.#label(stop);
        this.#checkText();
        if (isTenantName(this.buf, this.#nameStart, this.#nameEnd)) growth += this.#edits.remove(at, stop);
      } else {
        const field = tag >>> 3;
        const isRight = field === 2 ? (tag & 7) === FIXED64 : field === 3 ? (tag & 7) === VARINT : field > 3;
        if (!isRight) throw illegal(tag, at);
        this.skip(tag & 7, end);
      }
    }
    return growth;
  }

  /** A field with a number up to `last` is known, so it must not come with this tag's wire type. */
  #refuseKnown(tag: number, last: number): void {
    const field = tag >>> 3;
    if (field <= last) throw illegal(tag, this.pos);
  }
}

const SAMPLE_VALUE = 0x09;
const SAMPLE_TIMESTAMP = 0x10;

/** Whether a sample is a value and a timestamp and nothing else, as nearly all are. */
function isPlainSample(buf: Uint8Array, start: number, end: number): boolean {
  let pos = start + 10;
  if (end - pos > 9 || buf[start] !== SAMPLE_VALUE || buf[pos - 1] !== SAMPLE_TIMESTAMP) return false;
  while (pos < end && (buf[pos] as number) >= 0x80) pos += 1;
  return pos === end - 1;
}
