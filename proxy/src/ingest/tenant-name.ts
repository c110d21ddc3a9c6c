// Which names a store could take for `tenant_id`, the label that is the lock on everyone's data.
//
// What the stores and the Collector make of a name before it becomes a label:
// - Prometheus, OTLP: github.com/prometheus/otlptranslator v1.0.0 label_namer.go, strconv.go: every rune outside
//   [A-Za-z0-9] is a separator and a run of them becomes one `_`; `__x__` keeps its ends; a leading digit gets
//   `key_`, and a leading `_` too in older versions. Case is kept. With a UTF-8 translation strategy the name
//   stays as it is. A data point's attribute beats a promoted resource attribute of the same label
//   (storage/remote/otlptranslator/prometheusremotewrite/helper.go, createAttributes).
// - Prometheus, remote_write: names are kept as they are (UTF-8 allowed); of a name given twice the whole series
//   is dropped in silence (storage/remote/write_handler.go).
// - Loki 3.7 pkg/loghttp/push/otlp.go, attributeToLabels: the same LabelNamer, after joining the keys of nested
//   maps with `_`: `{tenant: {id: x}}` is `tenant_id` too. Arrays become their JSON.
// - Tempo 2.8: attributes keep their names, nested values become JSON (tempodb/encoding/vparquet4/schema.go,
//   attrToParquet); the metrics generator makes labels of them with `_` for every character that is none of a label.
// - OpenSearch: `a.b` and `{a: {b: …}}` are one field, also across an array of objects.
//
// So a name counts as ours when its runs of [A-Za-z0-9], over all nested keys down to it, are exactly `tenant`
// and `id`. Separators before and after are ignored though some stores keep them (`_tenant_id`, `__tenant_id__`):
// nobody loses anything by it, and a store may change its mind.

/** How much of the name the keys so far have spelt. */
export type NamePath = typeof NO_MATCH | typeof ROOT | typeof TENANT | typeof TENANT_ID;
/** Something else came in between: nothing below this key can become the label. */
export const NO_MATCH = 0;
/** Nothing yet, or only separators. */
export const ROOT = 1;
export const TENANT = 2;
/** The whole name: this is the label. */
export const TENANT_ID = 3;

const LETTER_T = 0x74;
const LETTER_I = 0x69;
const WORDS = { [ROOT]: Buffer.from('tenant'), [TENANT]: Buffer.from('id') } as const;

const IS_WORD = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'))
  IS_WORD[byte] = 1;

/** Whether a byte of a UTF-8 name is kept by the stores; all others are separators. */
export const isWordByte = (byte: number): boolean => IS_WORD[byte] === 1;

/** Whether a name that goes on from `path` can begin with this word byte. */
export const canBegin = (path: NamePath, byte: number): boolean =>
  (path === ROOT && byte === LETTER_T) || (path === TENANT && byte === LETTER_I);

/**
 * Follows one key of an attribute.
 * @param from what the keys around it have spelt
 * @param buf holds the key as UTF-8 in `[start, end)`
 */
export function follow(from: NamePath, buf: Uint8Array, start: number, end: number): NamePath {
  let path = from;
  let pos = start;
  for (;;) {
    while (pos < end && !isWordByte(buf[pos] as number)) pos += 1;
    if (pos === end) return path;
    if (path !== ROOT && path !== TENANT) return NO_MATCH;
    const word = WORDS[path];
    for (const byte of word) {
      if (pos === end || buf[pos] !== byte) return NO_MATCH;
      pos += 1;
    }
    if (pos < end && isWordByte(buf[pos] as number)) return NO_MATCH;
    path = path === ROOT ? TENANT : TENANT_ID;
  }
}

/** Whether a name with this first byte can become `tenant_id`. */
export const canBeTenantName = (first: number): boolean => !isWordByte(first) || first === LETTER_T;

/** Whether this name alone becomes `tenant_id`. */
export const isTenantName = (buf: Uint8Array, start = 0, end = buf.length): boolean =>
  follow(ROOT, buf, start, end) === TENANT_ID;
