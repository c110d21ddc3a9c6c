import React from 'react';
import { Alert } from '@grafana/ui';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useCall } from '../../api/use-call';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import { useHindrance, useTenantId } from '../access';
import { PermittedButton } from '../parts/PermittedButton';
import { TenantStateBadge } from '../tenants/TenantStateBadge';
import { Toolbar } from '../parts/Toolbar';
import { ProvisioningSteps } from './ProvisioningSteps';
import { useProvisioning } from './use-provisioning';

/** What a tenant has outside of Obstack's own database, and how far its making, or its removal, has come. */
export default function ProvisioningPage() {
  const tenantId = useTenantId();
  const mayNot = useHindrance('tenants:write');
  const provisioning = useProvisioning(tenantId);
  const { run, running, failure } = useCall();
  const { data } = provisioning;

  if (!data) {
    return provisioning.failure ? (
      <FailureState failure={provisioning.failure} onRetry={provisioning.reload} />
    ) : (
      <Loading rows={6} />
    );
  }
  const hasFailed = data.steps.some(({ state }) => state === 'failed');
  const retry = () =>
    run(async () => {
      await controlPlane.retryProvisioning({ params: { tenantId } });
      provisioning.reload();
    });
  return (
    <>
      <Toolbar
        actions={
          <PermittedButton
            icon="sync"
            variant="secondary"
            hindrance={mayNot ?? (hasFailed ? undefined : t('admin.provisioning.nothing', 'Nothing has failed.'))}
            disabled={running}
            onClick={retry}
          >
            {t('admin.provisioning.retry', 'Try again now')}
          </PermittedButton>
        }
      >
        <TenantStateBadge state={data.state} />
      </Toolbar>
      {failure && (
        <Alert severity="error" title={t('admin.provisioning.retry-failed', 'It was not tried again')}>
          {failure.message}
        </Alert>
      )}
      {provisioning.failure && (
        <Alert severity="warning" title={t('admin.provisioning.stale', 'This is how it was; it cannot be read now')}>
          {provisioning.failure.message}
        </Alert>
      )}
      <ProvisioningSteps steps={data.steps} />
    </>
  );
}
