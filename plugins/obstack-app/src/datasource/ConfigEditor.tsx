import React from 'react';
import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { Field, Input, SecretInput } from '@grafana/ui';
import { t } from '../i18n';
import { EXAMPLES } from '../examples';
import type { ObstackOptions, ObstackSecrets } from './types';

type Props = DataSourcePluginOptionsEditorProps<ObstackOptions, ObstackSecrets>;

export function ConfigEditor({ options, onOptionsChange }: Props) {
  const { jsonData, secureJsonData, secureJsonFields } = options;
  return (
    <>
      <Field
        label={t('config.proxy.label', 'Proxy')}
        description={t('config.proxy.description', 'Its address as Grafana’s server reaches it, not your browser.')}
      >
        <Input
          id="obstack-proxy-url"
          width={60}
          value={jsonData.proxyUrl ?? ''}
          placeholder={EXAMPLES.proxyUrl}
          onChange={(event) => {
            const proxyUrl = event.currentTarget.value.trim().replace(/\/+$/, '');
            onOptionsChange({ ...options, jsonData: { ...jsonData, proxyUrl } });
          }}
        />
      </Field>
      <Field
        label={t('config.token.label', 'Query token')}
        description={t(
          'config.token.short',
          'Of this organisation’s tenant: it decides what is seen. It starts with obq_.'
        )}
      >
        <SecretInput
          id="obstack-token"
          width={60}
          value={secureJsonData?.token ?? ''}
          isConfigured={Boolean(secureJsonFields?.token)}
          placeholder={EXAMPLES.token}
          autoComplete="off"
          onChange={(event) =>
            onOptionsChange({ ...options, secureJsonData: { token: event.currentTarget.value.trim() } })
          }
          onReset={() =>
            onOptionsChange({
              ...options,
              secureJsonFields: { ...secureJsonFields, token: false },
              secureJsonData: { token: '' },
            })
          }
        />
      </Field>
    </>
  );
}
