/**
 * The one way in which a query is turned away before it reaches a store.
 * Enforcement has no other failure: what cannot be proven to stay within the tenant is refused, never passed on.
 */

export type RefusalCode =
  /** The query is not valid in the language, or not in the part of it that we can read. */
  | 'parse_error'
  /** The query is valid, but holds a construct whose selectors we cannot reach or prove. */
  | 'unsupported'
  /** The query is longer than `MAX_QUERY_LENGTH`. */
  | 'too_long'
  /** The query is nested deeper than we follow. */
  | 'too_deep';

/** Where in the query: `offset` counts UTF-16 code units from 0, `line` and `column` count from 1. */
export type Position = { offset: number; line: number; column: number };

/** A query that must not be forwarded. `message` says what to change; routes answer it with 400. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused';
  readonly code: RefusalCode;
  readonly position: Position;

  constructor(code: RefusalCode, query: string, offset: number, reason: string) {
    const position = locate(query, offset);
    super(`line ${position.line}, column ${position.column}: ${reason}`);
    this.code = code;
    this.position = position;
  }
}

function locate(query: string, offset: number): Position {
  const end = Math.min(Math.max(offset, 0), query.length);
  let line = 1;
  let lineStart = 0;
  for (let at = query.indexOf('\n'); at !== -1 && at < end; at = query.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { offset: end, line, column: end - lineStart + 1 };
}
