import React, { useState } from 'react';
import type { FeatureOverrides, Plan as PlanName, Tenant } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane, etagOf } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { PLANS } from '../../api/terms';
import { useCall } from '../../api/use-call';
import { useResource } from '../../api/use-resource';
import { useTenantId } from '../access';
import { FormDialog } from '../parts/FormDialog';
import { LoadingDialog } from '../parts/LoadingDialog';
import { FeatureFields } from './FeatureFields';
import { LimitFields, limitsIn, type LimitTexts, textsOf } from './LimitFields';
import { PlanField } from './PlanField';

interface Props {
  onSaved: () => void;
  onDismiss: () => void;
}

/** A tenant's plan, and what is its own over it. Reads the tenant as it is now: the page may be old. */
export function ChangeTermsDialog({ onSaved, onDismiss }: Props) {
  const tenantId = useTenantId();
  const tenant = useResource(tenantId, (signal) => controlPlane.getTenant({ params: { tenantId }, signal }));
  return tenant.data && !tenant.loading ? (
    <TermsForm
      key={etagOf(tenant.data)}
      tenant={tenant.data}
      onSaved={onSaved}
      onDismiss={onDismiss}
      onReload={tenant.reload}
    />
  ) : (
    <LoadingDialog failure={tenant.failure} onRetry={tenant.reload} onDismiss={onDismiss} />
  );
}

export const changeTerms = () => t('admin.limits.change', 'Change plan, features and limits');

function TermsForm({ tenant, onSaved, onDismiss, onReload }: Props & { tenant: Tenant; onReload: () => void }) {
  const [plan, setPlan] = useState<PlanName>(tenant.plan);
  const [limits, setLimits] = useState<LimitTexts>(() => textsOf(tenant.limits));
  const [features, setFeatures] = useState<FeatureOverrides>(tenant.features);
  const { run, running, failure } = useCall();
  return (
    <FormDialog
      title={changeTerms()}
      submit={t('admin.dialog.save', 'Save')}
      running={running}
      failure={failure}
      fields={['body.plan', 'body.limits', 'body.features']}
      onDismiss={onDismiss}
      onReload={onReload}
      onSubmit={() =>
        run(async () => {
          const body = { plan, limits: limitsIn(limits), features };
          await controlPlane.updateTenant({ params: { tenantId: tenant.id }, body, ifMatch: etagOf(tenant) });
          onSaved();
        })
      }
    >
      <PlanField value={plan} onChange={setPlan} mistake={mistakeAt(failure, 'body.plan')} />
      <FeatureFields value={features} onChange={setFeatures} plan={plan} failure={failure} />
      <LimitFields value={limits} onChange={setLimits} inherited={PLANS[plan].limits} failure={failure} />
    </FormDialog>
  );
}
