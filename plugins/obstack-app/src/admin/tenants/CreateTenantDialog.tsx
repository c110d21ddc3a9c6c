import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { Button, LinkButton, Modal } from '@grafana/ui';
import type { Plan as PlanName, Tenant } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { useIdempotency } from '../../api/use-idempotency';
import { FormDialog } from '../parts/FormDialog';
import { LiveSteps } from '../provisioning/LiveSteps';
import { sectionUrl } from '../sections';
import { TextField } from '../parts/TextField';
import { PlanField } from '../limits/PlanField';

interface Props {
  onDone: () => void;
  onDismiss: () => void;
}

/** Creates a tenant, and then shows what is made for it elsewhere, step by step. */
export function CreateTenantDialog({ onDone, onDismiss }: Props) {
  const idempotencyKey = useIdempotency();
  const [name, setName] = useState('');
  const [plan, setPlan] = useState<PlanName>('community');
  const [made, setMade] = useState<Tenant>();
  const { run, running, failure } = useCall();

  if (made) {
    return (
      <Modal title={t('admin.create-tenant.made', '{{name}} is there', { name: made.name })} isOpen onDismiss={onDone}>
        <p>
          <Trans i18nKey="admin.create-tenant.follows">
            It can be used already. What it needs elsewhere is made now; you need not wait for it.
          </Trans>
        </p>
        <LiveSteps tenantId={made.id} />
        <Modal.ButtonRow>
          <LinkButton icon="key-skeleton-alt" href={sectionUrl('keys', made.id)}>
            <Trans i18nKey="admin.create-tenant.keys">Its keys</Trans>
          </LinkButton>
          <Button variant="secondary" onClick={onDone}>
            <Trans i18nKey="admin.dialog.close">Close</Trans>
          </Button>
        </Modal.ButtonRow>
      </Modal>
    );
  }
  return (
    <FormDialog
      title={t('admin.create-tenant.title', 'Create a tenant')}
      submit={t('admin.create-tenant.submit', 'Create')}
      running={running}
      failure={failure}
      fields={['body.name', 'body.plan']}
      isComplete={name.trim() !== ''}
      onDismiss={onDismiss}
      onSubmit={() =>
        run(async () => {
          const body = { name, plan };
          setMade(await controlPlane.createTenant({ body, idempotencyKey: idempotencyKey(body) }));
        })
      }
    >
      <TextField
        label={t('admin.tenants.name', 'Name')}
        description={t('admin.create-tenant.name-hint', 'No other tenant may have it, letter case aside.')}
        mistake={mistakeAt(failure, 'body.name')}
        required
        id="obstack-tenant-name"
        value={name}
        onChange={setName}
        autoFocus
      />
      <PlanField value={plan} onChange={setPlan} mistake={mistakeAt(failure, 'body.plan')} />
    </FormDialog>
  );
}
