import React, { useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Stack, Text, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { limitsOf, PLANS } from '../../api/terms';
import { useResource } from '../../api/use-resource';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import { NotAllowed } from '../../states/NotAllowed';
import { useAccess, useHindrance, useTenantId } from '../access';
import { planName } from '../names';
import { PermittedButton } from '../parts/PermittedButton';
import { Toolbar } from '../parts/Toolbar';
import { TenantStateBadge } from '../tenants/TenantStateBadge';
import { ChangeTermsDialog, changeTerms } from './ChangeTermsDialog';
import { FeatureTable } from './FeatureTable';
import { LimitTable } from './LimitTable';
import { Rejections } from './Rejections';

/** How much a tenant may push, how much of it it does, and what was refused. */
export default function LimitsPage() {
  const styles = useStyles2(getStyles);
  const tenantId = useTenantId();
  const { isOperator, reloadTenant } = useAccess();
  const mayNotChange = useHindrance('tenants:write');
  const mayNotSeeKeys = useHindrance('keys:read');
  const [isChanging, setChanging] = useState(false);
  const tenant = useResource(tenantId, (signal) => controlPlane.getTenant({ params: { tenantId }, signal }));

  if (!tenant.data) {
    return tenant.failure ? <FailureState failure={tenant.failure} onRetry={tenant.reload} /> : <Loading />;
  }
  const { plan, limits, features, state } = tenant.data;
  return (
    <div className={styles.page}>
      <section aria-label={t('admin.limits.title', 'Limits and use')}>
        <Toolbar
          actions={
            <PermittedButton icon="pen" variant="secondary" hindrance={mayNotChange} onClick={() => setChanging(true)}>
              {changeTerms()}
            </PermittedButton>
          }
        >
          <Stack alignItems="center" gap={1}>
            <Text element="h2" variant="h5">
              {t('admin.limits.plan', '{{plan}} plan', { plan: planName(plan) })}
            </Text>
            <TenantStateBadge state={state} />
          </Stack>
        </Toolbar>
        <LimitTable
          effective={limitsOf(plan, limits)}
          ofPlan={PLANS[plan].limits}
          own={limits}
          // The token here is not the tenant's: what it reads is not the tenant's use.
          withUsage={!isOperator}
        />
      </section>
      <section aria-label={t('admin.features.title', 'Features')}>
        <Toolbar>
          <Text element="h2" variant="h5">
            {t('admin.features.title', 'Features')}
          </Text>
        </Toolbar>
        <FeatureTable plan={plan} features={features} />
      </section>
      <section aria-label={t('admin.rejections.title', 'What was refused')}>
        <Text element="h2" variant="h5">
          <Trans i18nKey="admin.rejections.heading">What was refused in the last 30 days</Trans>
        </Text>
        {mayNotSeeKeys === undefined ? <Rejections /> : <NotAllowed>{mayNotSeeKeys}</NotAllowed>}
      </section>
      {isChanging && (
        <ChangeTermsDialog
          onDismiss={() => setChanging(false)}
          onSaved={() => {
            setChanging(false);
            tenant.reload();
            reloadTenant();
          }}
        />
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(3) }),
});
