// The three tenants of the lab. Their ids differ in one digit only, so that a comparison by prefix, by length or
// by a careless pattern would show.
import { formatCredential } from '@obstack/contracts/credential-format';

export interface LabTenant {
  /** Position in {@link TENANTS}; seeds the data. */
  readonly index: number;
  readonly id: string;
  /** A word that occurs in this tenant's data alone: in names, values, lines and attributes. */
  readonly secret: string;
  readonly ingestKey: string;
  readonly queryToken: string;
}

const tenant = (index: number, secret: string): LabTenant => {
  const id = `3f2a7c10-5b1e-4d77-9c3a-00000000000${index + 1}`;
  return { index, id, secret, ...credentialsOf(secret) };
};

/** The credentials of a tenant that is made up for a test; the control-plane stand-in is told of them. */
export function credentialsOf(name: string): { ingestKey: string; queryToken: string } {
  const letters = name.replace(/[^0-9A-Za-z]/g, '');
  const keyId = letters.padEnd(12, '0').slice(0, 12);
  const secret = letters.repeat(32).slice(0, 32);
  return {
    ingestKey: formatCredential('ingestion-key', keyId, secret),
    queryToken: formatCredential('query-token', keyId, secret),
  };
}

export const ALPHA = tenant(0, 'aardvark');
export const BRAVO = tenant(1, 'bumblebee');
export const CHARLIE = tenant(2, 'chinchilla');
export const TENANTS: readonly LabTenant[] = [ALPHA, BRAVO, CHARLIE];

/** Everybody but `me`. */
export const othersThan = (me: LabTenant): LabTenant[] => TENANTS.filter(({ id }) => id !== me.id);
