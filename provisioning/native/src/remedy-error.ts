/** A failure which the person at the terminal can put right: what is wrong, and what to do about it. */
export class RemedyError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RemedyError';
    this.remedy = remedy;
  }
}
