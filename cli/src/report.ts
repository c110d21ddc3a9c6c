/** What went wrong, and what to do about it: every failure ends here. */
import { ApiError } from '@obstack/contracts/client';
import { CommanderError } from 'commander';
import { flagName } from './flags.ts';

/** Something wrong here, not at the API; the message says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** 0 is success. */
export const EXIT = { refused: 1, usage: 2, notSignedIn: 3, unreachable: 4 } as const;

/** @returns the exit code */
export function report(error: unknown, out: NodeJS.WritableStream): number {
  // Commander has said it already; its own code is 0 for --help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  const { text, code } = explain(error);
  out.write(`${text}\n`);
  return code;
}

function explain(error: unknown): { text: string; code: number } {
  if (error instanceof CliError) return { text: error.message, code: error.exitCode };
  if (error instanceof ApiError) return explainAnswer(error);
  if (isUnreachable(error)) {
    return { text: `Nothing answers there: ${causeOf(error)}.\n${WHERE}`, code: EXIT.unreachable };
  }
  return {
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
    code: EXIT.refused,
  };
}

const WHERE = 'Is control-plane running (npm start)? Another address is set with --url or OBSTACK_URL.';

function explainAnswer(error: ApiError): { text: string; code: number } {
  const lines = [
    error.message,
    ...error.errors.map(({ location, message, fix }) => `  ${inOurWords(location)}: ${message}. ${fix}.`),
  ];
  if (error.status === 401) {
    lines.push('Sign in with `obstack login`, or set OBSTACK_TOKEN.');
    return { text: lines.join('\n'), code: EXIT.notSignedIn };
  }
  if (error.code === undefined) lines.push(WHERE);
  if (error.status >= 500 && error.requestId) lines.push(`The server's log has it under ${error.requestId}.`);
  return { text: lines.join('\n'), code: EXIT.refused };
}

/** `body.limits.lineBytes` as `--limits`, `path.keyId` as `<keyId>`. */
function inOurWords(location: string): string {
  const [part, field] = location.split(/[.[]/);
  if (field === undefined) return location;
  return part === 'path' ? `<${field}>` : flagName(field);
}

/** `fetch` says only that it failed; why is in the cause. */
const isUnreachable = (error: unknown): error is TypeError =>
  error instanceof TypeError && error.message === 'fetch failed';

function causeOf({ cause }: TypeError): string {
  const { message, code } = (cause ?? {}) as { message?: string; code?: string };
  return message || code || 'no reason given';
}
