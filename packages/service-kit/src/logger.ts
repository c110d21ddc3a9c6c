/**
 * JSON logs that cannot give a secret away: fields are blanked by name at any depth, and on the finished
 * line whatever looks like a credential is blanked too, in a message or a stack trace as well.
 */
import pino, { type DestinationStream, type Logger } from 'pino';
import { redactFields, redactText } from './redact.ts';

export type { Logger } from 'pino';

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
