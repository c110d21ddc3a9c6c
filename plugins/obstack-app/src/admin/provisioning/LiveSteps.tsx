import React from 'react';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import { ProvisioningSteps } from './ProvisioningSteps';
import { useProvisioning } from './use-provisioning';

/** The steps of one tenant, as they go. */
export function LiveSteps({ tenantId }: { tenantId: string }) {
  const { data, failure, reload } = useProvisioning(tenantId);
  if (data) {
    return <ProvisioningSteps steps={data.steps} />;
  }
  return failure ? <FailureState failure={failure} onRetry={reload} /> : <Loading rows={4} />;
}
