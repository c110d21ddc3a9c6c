/** A query that cannot be understood: where, why, and what to write instead. */
export class SearchQueryError extends Error {
  override readonly name = 'SearchQueryError';
  /** In UTF-16 code units from the start of the query. */
  readonly offset: number;
  readonly fix: string;

  constructor(offset: number, reason: string, fix: string) {
    super(reason);
    this.offset = offset;
    this.fix = fix;
  }
}
