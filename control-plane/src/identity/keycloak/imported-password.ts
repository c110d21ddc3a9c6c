/** Gives Keycloak a password as its hash: it knows Argon2id too (its own SPI `argon2`), so nobody has to choose anew. */
import { parsePhc } from '../password.ts';

/** What Keycloak calls a credential representation. */
export function importedPassword(phc: string): { type: string; secretData: string; credentialData: string } {
  const { memory, passes, lanes, salt, hash } = parsePhc(phc);
  return {
    type: 'password',
    secretData: JSON.stringify({
      value: hash.toString('base64'),
      salt: salt.toString('base64'),
      additionalParameters: {},
    }),
    credentialData: JSON.stringify({
      algorithm: 'argon2',
      hashIterations: passes,
      additionalParameters: {
        type: ['id'],
        version: ['1.3'],
        hashLength: [String(hash.length)],
        memory: [String(memory)],
        parallelism: [String(lanes)],
      },
    }),
  };
}
