import { UnavailableError } from '@obstack/service-kit/problem';
import { OutsideError } from '../../outside/json-client.ts';

/** Tells whoever waits for it that Keycloak is away, instead of that something is wrong with us. */
export async function orUnavailable<T>(asking: Promise<T>): Promise<T> {
  return asking.catch((cause: unknown) => {
    if (!(cause instanceof OutsideError)) throw cause;
    throw new UnavailableError('Keycloak does not answer; operators can still sign in with their password.', {
      retryAfterSeconds: 10,
      cause,
    });
  });
}
