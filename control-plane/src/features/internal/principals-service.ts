/** Answers what a proxy asks about people: whose keys to trust, and what the one behind a token may do. */
import { Permission } from '@obstack/contracts';
import type { GrafanaSigner, Principal, PrincipalQuestion, TrustedIssuer } from '@obstack/contracts/internal';
import { NotFoundError } from '@obstack/service-kit/problem';
import type { People } from '../../identity/people.ts';

export type IssuerOf = (issuer: string) => Promise<TrustedIssuer | undefined>;

/** Operators belong to no tenant, so that there is nothing for them to query. */
export async function resolvePerson(people: People, question: PrincipalQuestion): Promise<Principal> {
  const person = await people.find(question);
  const state = person?.tenant?.state;
  if (!person?.tenant || state === 'suspended' || state === 'deleting') {
    throw new NotFoundError('Nobody in force is behind this token.');
  }
  return {
    id: person.id,
    tenantId: person.tenant.id,
    permissions: Permission.options.filter((permission) => person.permissions.has(permission)),
  };
}

export async function resolveTrusted(issuerOf: IssuerOf, issuer: string): Promise<TrustedIssuer> {
  const trusted = await issuerOf(issuer);
  if (!trusted) throw new NotFoundError('This issuer is not known.');
  return trusted;
}

export function requireSigner(signer: GrafanaSigner | undefined): GrafanaSigner {
  if (!signer) throw new NotFoundError('There is no Grafana.');
  return signer;
}
