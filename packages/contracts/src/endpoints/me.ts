import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { RoleName, TenantId } from '../entities.ts';
import { Permission } from '../permissions.ts';
import { Feature } from '../plans.ts';

/** Whoever asks, in whatever way they came; what pages offer follows from it. */
export const WhoAmI = z.object({
  actor: z
    .object({
      type: z
        .enum(['operator', 'user', 'grafana'])
        .describe(
          'An operator runs the platform, a user belongs to a tenant, the others come through Grafana.',
        ),
      id: z.string().describe('With the type, as the audit log has it: of those from Grafana, their login.'),
      name: z.string().describe('For people: an e-mail address or a login.'),
    })
    .describe('Who is asking.'),
  tenantId: TenantId.nullable().describe('Null for operators, who belong to none.'),
  role: RoleName.nullable().describe(
    'The one role that decides: of those from Grafana the built-in one of their org role. Null for operators, and for users with none or several.',
  ),
  permissions: z.array(Permission).describe('What they may do in their tenant; operators in any.'),
  features: z
    .array(Feature)
    .describe('What their tenant has, by its plan or besides it; none for operators.'),
});
export type WhoAmI = z.infer<typeof WhoAmI>;

export const whoAmI = defineEndpoint({
  id: 'whoAmI',
  method: 'GET',
  path: '/api/v1/me',
  summary: 'Who is asking, and what they and their tenant may do; also for those who come through Grafana',
  tag: 'General',
  caller: 'actor',
  permission: 'signed-in',
  response: WhoAmI,
  status: 200,
  problems: [],
});
