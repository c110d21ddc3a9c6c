import React, { type FormEvent, useState } from 'react';
import { css } from '@emotion/css';
import type { AppPluginMeta, GrafanaTheme2, PluginConfigPageProps } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { t } from '../i18n';
import { Alert, Button, Field, FieldSet, Input, SecretInput, useStyles2 } from '@grafana/ui';
import { type Finding, testControlPlane, testProxy } from '../connection/connection-test';
import { Findings } from '../connection/Findings';
import { CONTROL_PLANE_API, PROXY_API } from '../constants';
import { EXAMPLES } from '../examples';
import { type AppSettings, missingSettings } from '../settings';
import { testIds } from '../testIds';
import { saveSettings } from './save-settings';

export type ConfigPageProps = PluginConfigPageProps<AppPluginMeta<AppSettings>>;

export default function ConfigPage({ plugin: { meta } }: ConfigPageProps) {
  const styles = useStyles2(getStyles);
  const [proxyUrl, setProxyUrl] = useState(meta.jsonData?.proxyUrl ?? '');
  const [controlPlaneUrl, setControlPlaneUrl] = useState(meta.jsonData?.controlPlaneUrl ?? '');
  const [token, setToken] = useState('');
  const [hasToken, setHasToken] = useState(Boolean(meta.secureJsonFields?.token));
  const [failure, setFailure] = useState<string>();
  const [findings, setFindings] = useState<Finding[]>();
  const [busy, setBusy] = useState<'saving' | 'testing'>();

  const badProxyUrl = proxyUrl !== '' && !isHttpUrl(proxyUrl);
  const badControlPlaneUrl = controlPlaneUrl !== '' && !isHttpUrl(controlPlaneUrl);
  const isComplete = isHttpUrl(proxyUrl) && !badControlPlaneUrl && (hasToken || token !== '');
  // Only what is saved can be tested: the test goes the way that the pages go.
  const isSaved =
    token === '' &&
    hasToken === Boolean(meta.secureJsonFields?.token) &&
    proxyUrl === (meta.jsonData?.proxyUrl ?? '') &&
    controlPlaneUrl === (meta.jsonData?.controlPlaneUrl ?? '');
  const isTestable = isSaved && missingSettings(meta.jsonData, meta.secureJsonFields).length === 0;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy('saving');
    try {
      await saveSettings(meta, {
        jsonData: { proxyUrl: withoutSlash(proxyUrl), controlPlaneUrl: withoutSlash(controlPlaneUrl) },
        ...(token !== '' && { secureJsonData: { token } }),
      });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(undefined);
    }
  };

  const test = async () => {
    setBusy('testing');
    setFindings(undefined);
    const answers = await Promise.all([
      testProxy(PROXY_API),
      ...(controlPlaneUrl ? [testControlPlane(CONTROL_PLANE_API)] : []),
    ]);
    setFindings(answers.flat());
    setBusy(undefined);
  };

  return (
    <form onSubmit={save} className={styles.form} data-testid={testIds.config.form}>
      <FieldSet label={t('config.title', 'Where this organisation’s Obstack is')}>
        <Field
          label={t('config.proxy.label', 'Proxy')}
          description={t('config.proxy.description', 'Its address as Grafana’s server reaches it, not your browser.')}
          invalid={badProxyUrl}
          error={t('config.url.error', 'An address begins with http:// or https://.')}
          required
        >
          <Input
            id="obstack-proxy-url"
            value={proxyUrl}
            onChange={(event) => setProxyUrl(event.currentTarget.value.trim())}
            placeholder={EXAMPLES.proxyUrl}
            data-testid={testIds.config.proxyUrl}
          />
        </Field>
        <Field
          label={t('config.control-plane.label', 'Control-plane')}
          description={t('config.control-plane.description', 'For the administration pages; search works without it.')}
          invalid={badControlPlaneUrl}
          error={t('config.url.error', 'An address begins with http:// or https://.')}
        >
          <Input
            id="obstack-control-plane-url"
            value={controlPlaneUrl}
            onChange={(event) => setControlPlaneUrl(event.currentTarget.value.trim())}
            placeholder={EXAMPLES.controlPlaneUrl}
            data-testid={testIds.config.controlPlaneUrl}
          />
        </Field>
        <Field
          label={t('config.token.label', 'Query token')}
          description={t(
            'config.token.description',
            'Of this organisation’s tenant: it decides what everybody in this organisation can see. It starts with obq_.'
          )}
          required
        >
          <SecretInput
            id="obstack-token"
            value={token}
            isConfigured={hasToken}
            onChange={(event) => setToken(event.currentTarget.value.trim())}
            onReset={() => setHasToken(false)}
            placeholder={EXAMPLES.token}
            autoComplete="off"
            data-testid={testIds.config.token}
          />
        </Field>
      </FieldSet>
      {failure && (
        <Alert severity="error" title={t('config.save.failed', 'It was not saved')}>
          {failure}
        </Alert>
      )}
      <div className={styles.buttons}>
        <Button type="submit" disabled={!isComplete || isSaved || busy !== undefined} data-testid={testIds.config.save}>
          <Trans i18nKey="config.save.label">Save</Trans>
        </Button>
        <Button
          type="button"
          variant="secondary"
          icon="heart-rate"
          disabled={!isTestable || busy !== undefined}
          tooltip={isTestable ? undefined : t('config.test.save-first', 'Save first: what is saved is what is tested.')}
          onClick={test}
          data-testid={testIds.config.test}
        >
          {busy === 'testing' ? t('config.test.running', 'Testing…') : t('config.test.label', 'Test the connection')}
        </Button>
      </div>
      {findings && <Findings findings={findings} />}
    </form>
  );
}

function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

const getStyles = (theme: GrafanaTheme2) => ({
  form: css({ maxWidth: theme.spacing(90) }),
  buttons: css({ display: 'flex', gap: theme.spacing(1), marginBottom: theme.spacing(2) }),
});
