/** The step that says how a tenant's log indices look, and removes them with the tenant. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { createJsonClient, type JsonClient } from '../outside/json-client.ts';
import type { ProvisioningStep, StepContext } from '../provisioning/step.ts';

const TEMPLATE = new URL('../../../provisioning/opensearch/logs-template.json', import.meta.url);

/** An id is of fixed length and ends at the dash, so no tenant's pattern takes in another's indices. */
export const indexPattern = (tenantId: string) => `obstack-logs-${tenantId}-*`;
export const templateName = (tenantId: string) => `obstack-logs-${tenantId}`;

const Resolved = z.object({ indices: z.array(z.object({ name: z.string() })) });

/** @param url null where there is no OpenSearch */
export function createOpensearchStep({ url }: { url: string | null }): ProvisioningStep {
  const connect = ({ signal }: StepContext): JsonClient => {
    if (url === null) throw new Error('no OpenSearch is configured');
    return createJsonClient({ service: 'OpenSearch', url, signal });
  };

  return {
    name: 'opensearch',
    title: 'OpenSearch index template',
    after: [],
    skipped: () => (url === null ? 'No OpenSearch is configured (OPENSEARCH_URL).' : null),

    async apply(ctx) {
      const { id } = ctx.tenant;
      const template = (await readFile(TEMPLATE, 'utf8')).replaceAll('${TENANT_ID}', id);
      await connect(ctx).tell('PUT', `/_index_template/${templateName(id)}`, {
        body: { index_patterns: [indexPattern(id)], ...(JSON.parse(template) as object) },
      });
    },

    async remove(ctx) {
      const { id } = ctx.tenant;
      const opensearch = connect(ctx);
      // The template first: an index that somebody still writes to must not come back with it.
      await opensearch.ask('DELETE', `/_index_template/${templateName(id)}`);
      // By their names, since OpenSearch may be set to refuse the removal of a pattern.
      const found = await opensearch.tell('GET', `/_resolve/index/${indexPattern(id)}?expand_wildcards=all`);
      for (const { name } of Resolved.parse(found).indices) {
        if (name.startsWith(indexPattern(id).slice(0, -1))) await opensearch.ask('DELETE', `/${name}`);
      }
    },
  };
}
