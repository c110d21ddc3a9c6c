/**
 * What must not be kept in a log, of whatever kind: fields are blanked by name at any depth, and in text whatever looks
 * like a credential.
 */
import pino from 'pino';

export const BLANK = '[redacted]';

/** Compared without `-` and `_`, in lower case. */
const SECRET_FIELD =
  /authorization|apikey|cookie|secret|password|passwd|token|credential$|databaseurl|connectionstring/;

/** Our credentials (the key id stays: it is public), bearer tokens, JWTs, and passwords within URLs. */
const SECRET_TEXT: readonly [RegExp, string][] = [
  [/\b(ob[kqo]_[0-9A-Za-z]{12}_)[0-9A-Za-z]{20,}/g, `$1${BLANK}`],
  [/\b(bearer|basic) +[\w.~+/=-]{8,}/gi, `$1 ${BLANK}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, BLANK],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"\\]*):[^\s/@"\\]+@/gi, `$1:${BLANK}@`],
];

/** Blanks whatever looks like a credential; the rest stays. */
export function redactText(line: string): string {
  return SECRET_TEXT.reduce((text, [pattern, blank]) => text.replace(pattern, blank), line);
}

/** Words of our own addresses, UUIDs and key ids. */
const HARMLESS_SEGMENT =
  /^((?=.{1,50}$)[a-z]+\d{0,2}([._-][a-z]+\d{0,2})*|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|[\dA-Za-z]{12})$/;

/** Whether it looks like an id of ours; what does not may be a secret that was pasted in the wrong place. */
export function isHarmlessId(text: string): boolean {
  return HARMLESS_SEGMENT.test(text);
}

/** The path of an address with every segment blanked that is neither a word of ours nor an id. */
export function redactPath(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment === '' || isHarmlessId(segment) ? segment : BLANK))
    .join('/');
}

/** A copy of plain data without its secrets. */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redact(fields, 0) as Record<string, unknown>;
}

const MAX_DEPTH = 6;

function redact(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (speaksJson(value)) return redact(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const plain = Error.isError(value) ? pino.stdSerializers.err(value) : value;
  return Object.fromEntries(
    Object.entries(plain).map(([name, item]) => [
      name,
      isSecretField(name) && item !== undefined && item !== null ? BLANK : redact(item, depth + 1),
    ]),
  );
}

/** As dates and URLs do. */
function speaksJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** Whether a field of this name holds a secret. */
export function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name.toLowerCase().replace(/[-_]/g, ''));
}
