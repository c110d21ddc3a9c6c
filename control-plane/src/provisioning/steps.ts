/** Every step there is. The API knows them by name only, workers run them: making one connects to nothing. */
import type { ElsewhereConfig } from '../config.ts';
import type { Database } from '../db/connect.ts';
import { auditStore } from '../features/audit/audit-store.ts';
import { keyStore } from '../features/keys/keys-store.ts';
import { tenantStore } from '../features/tenants/tenants-store.ts';
import { grafanaStore } from '../grafana/grafana-store.ts';
import { createGrafanaStep } from '../grafana/org-step.ts';
import { createKeycloak } from '../identity/keycloak/keycloak.ts';
import { createRealmStep } from '../identity/keycloak/realm-step.ts';
import { mintCredential } from '../identity/mint-credential.ts';
import { createDirectoryStore } from '../objects/directory.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { createPrefixStep } from '../objects/prefix-step.ts';
import { createS3Store } from '../objects/s3.ts';
import { createOpensearchStep } from '../opensearch/index-step.ts';
import { createSealer } from '../sealing.ts';
import { createEraseObjectsStep, createEraseRowsStep } from './offboarding/erase-steps.ts';
import { createExportStep } from './offboarding/export-step.ts';
import { exportStore } from './offboarding/export-store.ts';
import type { ProvisioningStep } from './step.ts';

/** What every tenant gets, in the order in which people read it. */
export function arrivalSteps(config: ElsewhereConfig, db: Database): ProvisioningStep[] {
  return [
    createRealmStep(createKeycloak(config, db)?.realms ?? null),
    createGrafanaStep({
      grafana: grafanaOf(config),
      orgs: grafanaStore,
      keys: keyStore,
      mint: mintCredential,
      sealer: createSealer(config.ENCRYPTION_KEY, 'Grafana query tokens'),
    }),
    createOpensearchStep({ url: config.OPENSEARCH_URL ?? null }),
    createPrefixStep(s3Of(config)),
  ];
}

/** What only a tenant that leaves goes through. */
export function offboardingSteps(config: ElsewhereConfig): ProvisioningStep[] {
  return [
    createExportStep({ objects: exportPlace(config), store: exportStore }),
    createEraseObjectsStep(s3Of(config)),
    createEraseRowsStep({
      tenants: tenantStore,
      exports: exportStore,
      audit: auditStore,
      keepDays: config.EXPORT_KEEP_DAYS,
    }),
  ];
}

/** Where the data of tenants that leave goes; null where there is no such place. */
export function exportPlace(config: ElsewhereConfig): ObjectStore | null {
  return s3Of(config) ?? (config.EXPORT_DIR === undefined ? null : createDirectoryStore(config.EXPORT_DIR));
}

function s3Of(config: ElsewhereConfig): ObjectStore | null {
  const {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY: accessKey,
    S3_SECRET_KEY: secretKey,
  } = config;
  if (!endpoint || !bucket || !accessKey || !secretKey) return null;
  return createS3Store({ endpoint, bucket, accessKey, secretKey, region: config.S3_REGION });
}

function grafanaOf(config: ElsewhereConfig) {
  const {
    GRAFANA_URL: url,
    GRAFANA_ADMIN_PASSWORD_FILE: passwordFile,
    PROXY_URL: proxyUrl,
    CONTROL_PLANE_URL: controlPlaneUrl,
  } = config;
  if (!url || !passwordFile || !proxyUrl || !controlPlaneUrl) return null;
  return { url, passwordFile, proxyUrl, controlPlaneUrl, user: config.GRAFANA_ADMIN_USER };
}
