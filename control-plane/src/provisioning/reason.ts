/** What people are told about a step that failed. */
import { redactText } from '@obstack/service-kit/redact';

const MAX_LENGTH = 500;

/** The error's message and those of its causes, in one line, without secrets. */
export function reasonOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; Error.isError(at) && messages.length < 4; at = at.cause) {
    const { message } = at;
    // Connecting to a name with several addresses fails with one error per address, and no message of its own.
    const said = message || (at instanceof AggregateError ? at.errors.map(reasonOf).join('; ') : '');
    if (said && !messages.some((earlier) => earlier.includes(said))) messages.push(said);
  }
  return (
    redactText(messages.join(': ').replace(/\s+/g, ' ')).slice(0, MAX_LENGTH) || 'It failed without a word.'
  );
}
