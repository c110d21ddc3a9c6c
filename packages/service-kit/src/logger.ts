/**
 * JSON logs that cannot give a secret away: fields are blanked by name at any depth, and on the finished
 * line whatever looks like a credential is blanked too, in a message or a stack trace as well.
 */
import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

const BLANK = '[redacted]';

/** Compared without `-` and `_`, in lower case. */
const SECRET_FIELD =
  /authorization|apikey|cookie|secret|password|passwd|token|credential$|databaseurl|connectionstring/;

/** Our credentials (the key id stays: it is public), other bearer tokens, and passwords within URLs. */
const SECRET_TEXT: readonly [RegExp, string][] = [
  [/\b(ob[kqo]_[0-9A-Za-z]{12}_)[0-9A-Za-z]{20,}/g, `$1${BLANK}`],
  [/\b(bearer|basic) +[\w.~+/=-]{8,}/gi, `$1 ${BLANK}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"\\]*):[^\s/@"\\]+@/gi, `$1:${BLANK}@`],
];

export interface LoggerOptions {
  /** Name of the process, in each line. */
  name: string;
  level?: string;
  /** Where lines go; standard output unless said otherwise. */
  destination?: DestinationStream;
}

/** A pino logger writing one JSON object per line: `level`, `time` (ISO 8601), `name`, `msg`, fields. */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      log: redactFields,
    },
    // redactFields has already made plain objects of errors.
    serializers: { err: (value: unknown) => value },
    hooks: { streamWrite: redactText },
  };
  return redactingChildren(destination ? pino(options, destination) : pino(options));
}

type MakeChild = (this: Logger, bindings: pino.Bindings, options?: pino.ChildLoggerOptions) => Logger;

/** Pino formats the bindings of the root logger only. Children inherit this method, so theirs pass here too. */
function redactingChildren(logger: Logger): Logger {
  const makeChild = Reflect.get(logger, 'child') as unknown as MakeChild;
  const redacting: MakeChild = function (bindings, options) {
    return makeChild.call(this, redactFields(bindings), options);
  };
  return Object.assign(logger, { child: redacting });
}

function redactText(line: string): string {
  return SECRET_TEXT.reduce((text, [pattern, blank]) => text.replace(pattern, blank), line);
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
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

function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name.toLowerCase().replace(/[-_]/g, ''));
}
