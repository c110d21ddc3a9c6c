// The label lock on remote_write 2.0 (`io.prometheus.write.v2.Request`). Labels are references into a table of
// symbols that any name, value, help text or unit may share, so symbols are never changed: two are added to the
// table, and a series' references are what is cleaned and stamped.
import { Edits, fresh } from './edits.ts';
import type { Allocate } from './edits.ts';
import { badLabels, compareBytes, isAfterTenantLabel, isMetricName, TENANT_LABEL } from './label-rules.ts';
import type { StampedSeries } from './label-rules.ts';
import { v2 } from './remote-write-schema.ts';
import type { Refusal } from '../http/refusal.ts';
import { canBeTenantName, isTenantName } from './tenant-name.ts';
import { checkMessage, checkUtf8, illegal } from './wire-schema.ts';
import { bytesField, FIXED64, undecodable, VARINT, varintSize, WireReader, writeVarint } from './wire.ts';

const SAMPLE = v2.typeOf('Sample');
const HISTOGRAM = v2.typeOf('Histogram');

// Tags: field number times 8, plus the wire type.
const REQUEST_SYMBOL = 0x22;
const REQUEST_TIMESERIES = 0x2a;
const REFS_PACKED = 0x0a;
const REFS_SINGLE = 0x08;
const SERIES_SAMPLE = 0x12;
const SERIES_HISTOGRAM = 0x1a;
const SERIES_EXEMPLAR = 0x22;
const SERIES_METADATA = 0x2a;
const METADATA_TYPE = 0x08;
const METADATA_HELP_REF = 0x18;
const METADATA_UNIT_REF = 0x20;

// What is put in, by index: the two new symbols, and the references to them.
const NAME_SYMBOL = 0;
const VALUE_SYMBOL = 1;
const STAMP_REFS = 2;

/** More than any sender has; the table costs memory beyond the body's own. */
const MAX_SYMBOLS = 1_000_000;

/**
 * @param body an `io.prometheus.write.v2.Request`, not compressed
 * @param tenantId the value that `tenant_id` is to have
 * @throws Refusal 400 when the body is not one, or when a store would drop a part of it
 */
export function stampWriteRequestV2(
  body: Uint8Array,
  tenantId: string,
  allocate: Allocate = fresh,
): StampedSeries {
  const symbols = new Symbols(body);
  return new Stamper(body, symbols, tenantId).run(allocate);
}

// What a symbol would be as the name of a label: worked out once, used by every series.
const IS_EMPTY = 1;
const IS_TENANT = 2;
const IS_METRIC_NAME = 4;
const IS_AFTER_TENANT = 8;

function traitsOf(buf: Uint8Array, start: number, end: number): number {
  if (start === end) return IS_EMPTY;
  const first = buf[start] as number;
  if (canBeTenantName(first) && isTenantName(buf, start, end)) return IS_TENANT;
  if (isMetricName(buf, start, end)) return IS_METRIC_NAME;
  return isAfterTenantLabel(buf, start, end) ? IS_AFTER_TENANT : 0;
}

/** The table of symbols. It may come in pieces, before, between and after the series. */
class Symbols extends WireReader {
  /** Where each begins and ends in the body. */
  readonly #bounds: number[] = [];
  readonly #traits: number[] = [];

  constructor(body: Uint8Array) {
    super(body);
    const end = body.length;
    while (this.pos < end) {
      const tag = this.tag(end);
      if (tag === REQUEST_SYMBOL) this.#add(this.length(end) + this.pos);
      else this.skip(tag & 7, end);
    }
    if (this.count > 0 && this.traits(0) !== IS_EMPTY)
      throw undecodable('a first symbol that is not empty', 0);
  }

  get count(): number {
    return this.#traits.length;
  }

  /** IS_EMPTY, IS_TENANT, IS_METRIC_NAME and IS_AFTER_TENANT, as far as they hold. */
  traits(ref: number): number {
    return this.#traits[ref] as number;
  }

  /** Whether the one symbol comes before the other in the order of labels. */
  isBefore(a: number, b: number): boolean {
    const { buf } = this;
    const aStart = this.#start(a);
    const bStart = this.#start(b);
    const difference = (buf[aStart] as number) - (buf[bStart] as number);
    if (difference !== 0) return difference < 0;
    return compareBytes(buf, aStart, this.#end(a), buf, bStart, this.#end(b)) < 0;
  }

  text(ref: number): string {
    const start = this.#start(ref);
    return Buffer.from(this.buf.subarray(start, Math.min(this.#end(ref), start + 64))).toString('utf8');
  }

  #start(ref: number): number {
    return this.#bounds[2 * ref] as number;
  }

  #end(ref: number): number {
    return this.#bounds[2 * ref + 1] as number;
  }

  #add(end: number): void {
    if (this.count >= MAX_SYMBOLS) throw undecodable(`more than ${MAX_SYMBOLS} symbols`, this.pos);
    checkUtf8(this, this.pos, end);
    this.#bounds.push(this.pos, end);
    this.#traits.push(traitsOf(this.buf, this.pos, end));
    this.pos = end;
  }
}

class Stamper extends WireReader {
  readonly #symbols: Symbols;
  readonly #edits: Edits;
  #samples = 0;
  #seriesIndex = 0;

  constructor(body: Uint8Array, symbols: Symbols, tenantId: string) {
    super(body);
    this.#symbols = symbols;
    this.#edits = new Edits([
      bytesField(4, TENANT_LABEL),
      bytesField(4, Buffer.from(tenantId)),
      varints([symbols.count, symbols.count + 1]),
    ]);
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
      } else {
        // Fields 1 to 3 are those of a 1.0 request: taken for unknown they would be lost without a word.
        if (tag !== REQUEST_SYMBOL && tag >>> 3 <= 5) throw illegal(tag, at);
        this.skip(tag & 7, end);
        if (tag !== REQUEST_SYMBOL) growth += this.#edits.remove(at, this.pos);
      }
    }
    if (this.#seriesIndex > 0) {
      growth += this.#edits.insert(this.#edits.mark, end, NAME_SYMBOL);
      growth += this.#edits.insert(this.#edits.mark, end, VALUE_SYMBOL);
    }
    return { body: this.#edits.apply(this.buf, growth, allocate), samples: this.#samples };
  }

  /** @returns by how many bytes it has grown */
  #series(end: number): number {
    const start = this.pos;
    const samples = this.#samples;
    const mark = this.#edits.mark;
    const grown = this.#walkSeries(end, true);
    if (grown !== undefined) return grown;
    this.pos = start;
    this.#samples = samples;
    this.#edits.dropSince(mark);
    return this.#walkSeries(end, false) ?? 0;
  }

  /**
   * @param inPlace puts the stamp into the list of references as it is, which is much faster. Undefined when that does
   *   not do: the list comes in several fields, or something must go from it.
   */
  #walkSeries(end: number, inPlace: boolean): number | undefined {
    const start = this.pos;
    const slot = inPlace ? undefined : this.#edits.reserve();
    const refs: number[] = [];
    let isStamped = false;
    let growth = 0;
    while (this.pos < end) {
      const at = this.pos;
      const tag = this.tag(end);
      switch (tag) {
        case REFS_PACKED:
        case REFS_SINGLE:
          if (inPlace) {
            const grown = isStamped || tag === REFS_SINGLE ? undefined : this.#stampRefs(end);
            if (grown === undefined) return undefined;
            growth += grown;
            isStamped = true;
          } else {
            this.#readRefs(refs, tag, end);
            growth += this.#edits.remove(at, this.pos);
          }
          break;
        case SERIES_SAMPLE:
          this.#samples += 1;
          checkMessage(this, v2, SAMPLE, this.length(end) + this.pos);
          break;
        case SERIES_HISTOGRAM:
          this.#samples += 1;
          checkMessage(this, v2, HISTOGRAM, this.length(end) + this.pos);
          break;
        case SERIES_EXEMPLAR: {
          const lengthAt = this.pos;
          const length = this.length(end);
          const inside = this.pos;
          const mark = this.#edits.mark;
          const grown = this.#exemplar(inside + length);
          if (grown !== 0) growth += this.#edits.relength(mark, lengthAt, inside, length, grown);
          break;
        }
        case SERIES_METADATA:
          this.#metadata(this.length(end) + this.pos);
          break;
        default:
          if (tag >>> 3 <= 5) throw illegal(tag, at);
          this.skip(tag & 7, end);
      }
    }
    if (slot === undefined) return isStamped ? growth : undefined;
    return growth + this.#edits.settleBytes(slot, start, packed(this.#stampedLabels(refs)));
  }

  /** Checks a packed list of references and puts the stamp in. Undefined when it needs more than that. */
  #stampRefs(end: number): number | undefined {
    const lengthAt = this.pos;
    const length = this.length(end);
    const start = this.pos;
    const stop = start + length;
    const slot = this.#edits.reserve();
    let grown = 0;
    let previous = -1;
    let isNamed = false;
    while (this.pos < stop) {
      const at = this.pos;
      const name = this.#ref(stop);
      if (this.pos === stop) return undefined;
      const value = this.#ref(stop);
      const traits = this.#checkLabel(previous, name, value);
      if (traits === IS_TENANT) return undefined;
      if (traits === IS_METRIC_NAME) isNamed = true;
      else if (traits === IS_AFTER_TENANT && grown === 0) {
        grown = this.#edits.insert(this.#edits.mark, at, STAMP_REFS);
      }
      previous = name;
    }
    if (!isNamed) return undefined;
    if (grown === 0) grown = this.#edits.insert(this.#edits.mark, stop, STAMP_REFS);
    return this.#edits.settle(slot, lengthAt, start, length, grown);
  }

  /** @returns by how many bytes it has grown */
  #exemplar(end: number): number {
    const start = this.pos;
    const refs: number[] = [];
    const fields: [start: number, end: number][] = [];
    while (this.pos < end) {
      const at = this.pos;
      const tag = this.tag(end);
      if (tag === REFS_PACKED || tag === REFS_SINGLE) {
        this.#readRefs(refs, tag, end);
        fields.push([at, this.pos]);
      } else {
        const field = tag >>> 3;
        const isFit = field === 2 ? (tag & 7) === FIXED64 : field === 3 ? (tag & 7) === VARINT : field > 3;
        if (!isFit) throw illegal(tag, at);
        this.skip(tag & 7, end);
      }
    }
    this.#checkPairs(refs);
    const kept = this.#withoutTenant(refs);
    if (kept.length === refs.length) return 0;
    let growth = this.#edits.settleBytes(this.#edits.reserve(), start, packed(kept));
    for (const field of fields) growth += this.#edits.remove(...field);
    return growth;
  }

  #metadata(end: number): void {
    while (this.pos < end) {
      const at = this.pos;
      const tag = this.tag(end);
      if (tag === METADATA_HELP_REF || tag === METADATA_UNIT_REF) {
        this.#ref(end);
      } else {
        if (tag !== METADATA_TYPE && tag >>> 3 <= 4) throw illegal(tag, at);
        this.skip(tag & 7, end);
      }
    }
  }

  /** Adds the references of one field: a packed list, or a single one. Together they are one list. */
  #readRefs(refs: number[], tag: number, end: number): void {
    if (tag === REFS_SINGLE) {
      refs.push(this.#ref(end));
      return;
    }
    const stop = this.length(end) + this.pos;
    while (this.pos < stop) refs.push(this.#ref(stop));
  }

  #ref(end: number): number {
    const ref = this.uint(end);
    if (ref < this.#symbols.count) return ref;
    throw badLabels(`a reference to symbol ${ref} of ${this.#symbols.count}`, this.#seriesIndex);
  }

  #checkPairs(refs: readonly number[]): void {
    if (refs.length % 2 !== 0) throw badLabels('a label name without a value', this.#seriesIndex);
  }

  #withoutTenant(refs: readonly number[]): number[] {
    const kept: number[] = [];
    for (let i = 0; i < refs.length; i += 2) {
      const name = refs[i] as number;
      if (this.#symbols.traits(name) !== IS_TENANT) kept.push(name, refs[i + 1] as number);
    }
    return kept;
  }

  /** The labels of a series without what could be taken for `tenant_id`, and with ours in its sorted place. */
  #stampedLabels(refs: readonly number[]): number[] {
    this.#checkPairs(refs);
    const symbols = this.#symbols;
    const stamped: number[] = [];
    let previous = -1;
    let isNamed = false;
    let isStamped = false;
    for (let i = 0; i < refs.length; i += 2) {
      const name = refs[i] as number;
      const value = refs[i + 1] as number;
      const traits = this.#checkLabel(previous, name, value);
      if (traits === IS_TENANT) continue;
      if (traits === IS_METRIC_NAME) isNamed = true;
      if (traits === IS_AFTER_TENANT && !isStamped) {
        stamped.push(symbols.count, symbols.count + 1);
        isStamped = true;
      }
      stamped.push(name, value);
      previous = name;
    }
    if (!isNamed) throw badLabels('no label __name__', this.#seriesIndex);
    if (!isStamped) stamped.push(symbols.count, symbols.count + 1);
    return stamped;
  }

  /**
   * @param previous the name before it, or −1
   * @returns the traits of its name; when that is IS_TENANT nothing else is checked
   */
  #checkLabel(previous: number, name: number, value: number): number {
    const symbols = this.#symbols;
    const traits = symbols.traits(name);
    if (traits === IS_TENANT) return traits;
    if (traits === IS_EMPTY) throw badLabels('an empty label name', this.#seriesIndex);
    if (symbols.traits(value) === IS_EMPTY) throw badLabels('an empty label value', this.#seriesIndex);
    if (previous !== -1 && !symbols.isBefore(previous, name)) throw this.#outOfOrder(previous, name);
    return traits;
  }

  #outOfOrder(previous: number, name: number): Refusal {
    const text = this.#symbols.text(name);
    const isTwice = text === this.#symbols.text(previous);
    const what = isTwice ? 'is given twice' : 'is not in sorted order';
    return badLabels(`the label "${text}" ${what}`, this.#seriesIndex);
  }
}

/** A `labels_refs` field. */
const packed = (refs: readonly number[]): Buffer => bytesField(1, varints(refs));

function varints(values: readonly number[]): Buffer {
  const out = Buffer.allocUnsafe(values.reduce((size, value) => size + varintSize(value), 0));
  let pos = 0;
  for (const value of values) pos = writeVarint(out, pos, value);
  return out;
}
