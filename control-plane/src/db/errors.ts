/** What a lost or overloaded database means to the caller. */
import { UnavailableError } from '@obstack/service-kit/problem';

/**
 * PostgreSQL error classes: 08 connection, 53 resources, 57P shut down or not yet up; 57014 is our own
 * statement timeout. The names are those of Node's sockets.
 */
const UNAVAILABLE_CODE =
  /^(08...|53...|57P..|57014|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** Messages of `pg` and of knex's pool, which come without a code. */
const UNAVAILABLE_MESSAGE = /^(Connection terminated|timeout expired|Knex: Timeout acquiring a connection)/;

/** A failure to reach the database becomes `unavailable`; everything else is returned as it is. */
export function mapDatabaseError(error: unknown): unknown {
  if (!Error.isError(error)) return error;
  const { code } = error as { code?: unknown };
  const lost =
    (typeof code === 'string' && UNAVAILABLE_CODE.test(code)) || UNAVAILABLE_MESSAGE.test(error.message);
  return lost ? new UnavailableError('The database cannot be reached; try again.', { cause: error }) : error;
}

/** Whether a statement failed because another row has what only one may have. */
export function isUniqueViolation(error: unknown): boolean {
  return Error.isError(error) && (error as { code?: unknown }).code === '23505';
}
