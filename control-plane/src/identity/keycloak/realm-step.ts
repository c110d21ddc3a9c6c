/** The provisioning step which gives a tenant its place in Keycloak. */
import type { ProvisioningStep } from '../../provisioning/step.ts';
import { placeOf } from './place.ts';
import type { Realms } from './realms.ts';

/** @param realms null where no Keycloak is configured */
export function createRealmStep(realms: Realms | null): ProvisioningStep {
  return {
    name: 'keycloak',
    title: 'Sign-in through Keycloak',
    after: [],
    skipped(tenant, action) {
      if (!realms) return 'No Keycloak is configured (AUTH_METHOD, KEYCLOAK_URL).';
      return placeOf(tenant) || action === 'remove' ? null : 'Its plan has no sign-in through Keycloak.';
    },
    async apply(ctx) {
      const mended = await realms?.mend(ctx);
      ctx.logger.info({ mended }, 'Keycloak is as it should be');
    },
    async remove(ctx) {
      await realms?.remove(ctx);
    },
  };
}
