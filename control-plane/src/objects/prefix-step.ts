/** The step that makes a tenant's place in S3: a prefix is there once something is below it. */
import type { ProvisioningStep } from '../provisioning/step.ts';
import type { ObjectStore } from './object-store.ts';

const MARKER = '.obstack-tenant.json';

/** @param s3 null where there is none */
export function createPrefixStep(s3: ObjectStore | null): ProvisioningStep {
  const placed = (): ObjectStore => {
    if (!s3) throw new Error('no S3 is configured');
    return s3;
  };
  return {
    name: 's3',
    title: 'S3 prefix',
    after: [],
    skipped: () => (s3 ? null : 'No S3 is configured (S3_ENDPOINT).'),

    async apply({ tenant: { id, name, createdAt }, signal }) {
      const marker = JSON.stringify({ tenantId: id, name, createdAt });
      await placed().of(id, signal).put(MARKER, `${marker}\n`, 'application/json');
    },

    async remove({ tenant, signal }) {
      await placed().of(tenant.id, signal).delete([MARKER]);
    },
  };
}
