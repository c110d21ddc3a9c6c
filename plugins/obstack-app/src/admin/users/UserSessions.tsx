import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { Alert, Stack, Text } from '@grafana/ui';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useCall } from '../../api/use-call';
import { useResource } from '../../api/use-resource';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import { useTenantId } from '../access';
import { Ago } from '../parts/Ago';
import { DataTable } from '../parts/DataTable';
import { PermittedButton, PermittedIcon } from '../parts/PermittedButton';

const LIMIT = 100;

/** Where a user is signed in, and how to end it. */
export function UserSessions({ userId, mayNot }: { userId: string; mayNot: string | undefined }) {
  const tenantId = useTenantId();
  const [ending, setEnding] = useState<string>();
  const params = { tenantId, userId };
  const sessions = useResource(userId, (signal) =>
    controlPlane.listUserSessions({ params, query: { limit: LIMIT }, signal })
  );
  const { run, running, failure } = useCall();
  const end = (id: string, work: () => Promise<undefined>) => {
    setEnding(id);
    void run(async () => {
      await work();
      sessions.reload();
    });
  };

  if (sessions.failure) {
    return <FailureState failure={sessions.failure} onRetry={sessions.reload} />;
  }
  if (!sessions.data) {
    return <Loading rows={2} />;
  }
  const { items } = sessions.data;
  if (items.length === 0) {
    return (
      <Text color="secondary">
        <Trans i18nKey="admin.sessions.none">Not signed in anywhere. Grafana’s own sessions do not count here.</Trans>
      </Text>
    );
  }
  return (
    <Stack direction="column" gap={1}>
      <DataTable
        label={t('admin.sessions.title', 'Sessions')}
        rows={items}
        rowId={({ id }) => id}
        rowName={({ id }) => id}
        columns={[
          {
            id: 'agent',
            header: t('admin.sessions.agent', 'With'),
            cell: ({ userAgent, method }) => userAgent ?? method,
          },
          { id: 'ip', header: t('admin.sessions.ip', 'From'), cell: ({ ip }) => ip },
          { id: 'began', header: t('admin.sessions.began', 'Began'), cell: (s) => <Ago time={s.createdAt} never="" /> },
          {
            id: 'used',
            header: t('admin.sessions.used', 'Last used'),
            cell: (s) => <Ago time={s.lastUsedAt} never="" />,
          },
          {
            id: 'end',
            header: '',
            align: 'right',
            cell: ({ id }) => (
              <PermittedIcon
                name={running && ending === id ? 'spinner' : 'signout'}
                label={t('admin.sessions.end', 'End this session')}
                hindrance={mayNot}
                onClick={() => end(id, () => controlPlane.endUserSession({ params: { ...params, sessionId: id } }))}
              />
            ),
          },
        ]}
      />
      {failure && (
        <Alert severity="error" title={t('admin.sessions.failed', 'The session was not ended')}>
          {failure.message}
        </Alert>
      )}
      <div>
        <PermittedButton
          size="sm"
          variant="secondary"
          icon="signout"
          hindrance={mayNot}
          disabled={running}
          onClick={() => end('', () => controlPlane.endUserSessions({ params }))}
        >
          {t('admin.sessions.end-all', 'End all {{count}}', { count: items.length })}
        </PermittedButton>
      </div>
    </Stack>
  );
}
