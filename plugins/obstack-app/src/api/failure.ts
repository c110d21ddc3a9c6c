import { ApiError } from '@obstack/contracts/client';
import { Failure, type FailureKind, type Mistake } from '../streams/failure';

/** Whatever a call of the admin API threw, as pages show it. */
export function failureOfCall(error: unknown): Failure {
  if (error instanceof Failure) {
    return error;
  }
  if (error instanceof ApiError) {
    return new Failure(kindOf(error), error.message, error.errors, error.requestId);
  }
  return new Failure('failed', error instanceof Error ? error.message : String(error));
}

function kindOf({ code }: ApiError): FailureKind {
  switch (code) {
    case 'forbidden':
    case 'unauthenticated':
    case 'plan-required':
      return 'not-allowed';
    case 'invalid-request':
      return 'invalid';
    case 'rate-limited':
      return 'rate-limited';
    default:
      return 'failed';
  }
}

/**
 * What is wrong with the field at `location` (`body.name`; those below it, as `body.signals[0]`, count too), for its form
 * to show beside it.
 */
export function mistakeAt(failure: Failure | undefined, location: string): string | undefined {
  const mistake = failure?.mistakes.find((candidate) => isAt(candidate, location));
  return mistake && `${mistake.message}. ${mistake.fix}`;
}

/** Those that none of the form's fields shows. */
export function mistakesElsewhere(failure: Failure, locations: readonly string[]): readonly Mistake[] {
  return failure.mistakes.filter((mistake) => !locations.some((location) => isAt(mistake, location)));
}

const isAt = ({ location }: Mistake, at: string) =>
  location === at || location.startsWith(`${at}.`) || location.startsWith(`${at}[`);
