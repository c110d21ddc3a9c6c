/** Which passwords are good enough; the only owner of `@zxcvbn-ts`. */
import { InvalidError } from '@obstack/service-kit/problem';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** Of 0 to 4: from 3 on, somebody who knows what people choose needs more than 10^8 guesses. */
const GOOD_ENOUGH = 3;
/** What follows only makes a password harder, and would only make this slower. */
const JUDGED_LENGTH = 128;

/** 49,000 common passwords, patterns of keyboards, repeats, sequences and dates. */
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/**
 * Refuses what is easy to guess, by common choices or by what is known of the user. The length has been seen to
 * by the contract; no kinds of characters are asked for (NIST SP 800-63B section 3.1.1.2).
 * @param known e-mail address, name of the tenant
 * @param location of the password in the request: `body.password`
 * @throws InvalidError
 */
export function requireGoodPassword(password: string, known: readonly string[], location: string): void {
  const words = ['obstack', ...known, ...known.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u))];
  const { score } = estimator.check(password.slice(0, JUDGED_LENGTH), words.filter(Boolean));
  if (score >= GOOD_ENOUGH) return;
  throw new InvalidError('The password is too easy to guess.', [
    {
      location,
      message: 'Too common, too regular, or too much like the rest of the account',
      fix: 'Choose another one, as several words that have nothing to do with each other',
    },
  ]);
}
