import React, { type ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Alert, Button, ClipboardButton, Modal, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { testIds } from '../../testIds';

interface Props {
  title: string;
  secret: string;
  /** What to do with it. */
  children: ReactNode;
  /** Beside the button that closes it. */
  action?: ReactNode;
  onDone: () => void;
}

/** Shows a secret the one time it can be shown. It closes by its button alone, so that no slip loses it. */
export function SecretDialog({ title, secret, children, action, onDone }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <Modal title={title} isOpen onDismiss={onDone} closeOnBackdropClick={false} closeOnEscape={false}>
      <Alert severity="warning" title={t('admin.secret.once', 'Copy it now: it is not shown a second time')}>
        {children}
      </Alert>
      <div className={styles.line}>
        <code className={styles.secret} data-testid={testIds.admin.secret}>
          {secret}
        </code>
        <ClipboardButton icon="copy" variant="primary" getText={() => secret}>
          <Trans i18nKey="admin.secret.copy">Copy</Trans>
        </ClipboardButton>
      </div>
      <Modal.ButtonRow>
        {action}
        <Button variant="secondary" onClick={onDone}>
          <Trans i18nKey="admin.secret.done">I have copied it</Trans>
        </Button>
      </Modal.ButtonRow>
    </Modal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({ display: 'flex', gap: theme.spacing(1), alignItems: 'center' }),
  secret: css({
    flex: 1,
    minWidth: 0,
    margin: 0,
    padding: theme.spacing(1),
    overflowWrap: 'anywhere',
    whiteSpace: 'normal',
    userSelect: 'all',
    fontSize: theme.typography.body.fontSize,
  }),
});
