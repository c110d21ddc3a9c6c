/** The life of a tenant: made, changed, suspended and resumed, removed. */
import {
  type CostNamespace,
  type CreateTenant,
  type ListTenants,
  type Page,
  type Provisioning,
  type SuspendTenant,
  Tenant,
  type TenantState,
  type UpdateTenant,
} from '@obstack/contracts';
import { ConflictError, InvalidError, NotFoundError } from '@obstack/service-kit/problem';
import type { Context, TenantContext } from '../../call/context.ts';
import type { Executor } from '../../db/connect.ts';
import type { ProvisioningService } from '../../provisioning/provisioning.ts';
import type { TenantChanges, TenantRow, TenantStore } from './tenants-store.ts';

export interface TenantsService {
  create(ctx: Context, input: CreateTenant): Promise<Tenant>;
  list(ctx: Context, query: ListTenants): Promise<Page<Tenant>>;
  get(ctx: TenantContext): Promise<Tenant>;
  update(ctx: TenantContext, input: UpdateTenant): Promise<Tenant>;
  /** Of one that is suspended already: no error. */
  suspend(ctx: TenantContext, input: SuspendTenant): Promise<Tenant>;
  /** Of one that is not suspended: no error. */
  resume(ctx: TenantContext): Promise<Tenant>;
  /** @param confirm the tenant's name */
  remove(ctx: TenantContext, confirm: string): Promise<Tenant>;
  provisioning(ctx: TenantContext): Promise<Provisioning>;
  retryProvisioning(ctx: TenantContext): Promise<Provisioning>;
}

export interface TenantsDeps {
  tenants: TenantStore;
  provisioning: ProvisioningService;
  keys: { revokeAll(tx: Executor, tenantId: string): Promise<void> };
  sessions: { endAllOfTenant(tx: Executor, tenantId: string): Promise<void> };
  /** Whether there is a place for the export of one that leaves. */
  canExport: boolean;
}

export function createTenantsService(deps: TenantsDeps): TenantsService {
  const { tenants, provisioning, keys, sessions, canExport } = deps;

  /** Changes it, and puts both states into the audit row. */
  async function change(ctx: TenantContext, before: TenantRow, changes: TenantChanges): Promise<Tenant> {
    if (!(await tenants.update(ctx.db, before.id, changes))) throw nameTaken();
    const after = present(found(await tenants.find(ctx.db, before.id)));
    ctx.audited({ before: present(before), after });
    return after;
  }

  async function held({ db, tenantId }: TenantContext): Promise<TenantRow> {
    return found(await tenants.findForUpdate(db, tenantId));
  }

  return {
    async create(ctx, input) {
      const tenant = await makeTenant(ctx.db, { tenants, provisioning }, input);
      ctx.audited({ target: { type: 'tenant', id: tenant.id }, after: tenant });
      return tenant;
    },

    async list(ctx, query) {
      const { items, next } = await tenants.list(ctx.db, query);
      return { items: items.map(present), next };
    },

    async get(ctx) {
      return present(found(await tenants.find(ctx.db, ctx.tenantId)));
    },

    async update(ctx, { namespaces, ...changes }) {
      const before = await held(ctx);
      ctx.requireMatch(Tenant, present(before));
      refuseLeaving(before);
      if (namespaces) await claimNamespaces(ctx.db, tenants, before.id, namespaces);
      // What stands elsewhere depends on these.
      const reaches = changes.name ?? changes.plan ?? changes.features;
      if (reaches !== undefined) await provisioning.arrive(ctx.db, before.id);
      const remade = reaches !== undefined && before.state === 'ready';
      return change(ctx, before, { ...changes, ...(remade && { state: 'provisioning' }) });
    },

    async suspend(ctx, { reason }) {
      const before = await held(ctx);
      refuseLeaving(before);
      ctx.audited({ reason });
      return change(ctx, before, { state: 'suspended' });
    },

    async resume(ctx) {
      const before = await held(ctx);
      refuseLeaving(before);
      if (before.state !== 'suspended') return present(before);
      const settled = await provisioning.isSettled(ctx.db, before.id);
      return change(ctx, before, { state: settled ? 'ready' : 'provisioning' });
    },

    async remove(ctx, confirm) {
      const before = await held(ctx);
      ctx.requireMatch(Tenant, present(before));
      if (confirm !== before.name) {
        throw new InvalidError('The confirmation is not the name of this tenant.', [
          {
            location: 'query.confirm',
            message: 'Another name',
            fix: 'Send the tenant’s name, to the letter',
          },
        ]);
      }
      if (before.state === 'deleting') return present(before);
      if (!canExport) {
        throw new ConflictError(
          'There is no place for the export of its data: configure S3_ENDPOINT, or EXPORT_DIR, first.',
        );
      }
      await keys.revokeAll(ctx.db, before.id);
      await sessions.endAllOfTenant(ctx.db, before.id);
      await provisioning.depart(ctx.db, before.id);
      return change(ctx, before, { state: 'deleting' });
    },

    async provisioning(ctx) {
      return provisioning.status(ctx.db, found(await tenants.find(ctx.db, ctx.tenantId)));
    },

    async retryProvisioning(ctx) {
      const tenant = found(await tenants.find(ctx.db, ctx.tenantId));
      await provisioning.retry(ctx.db, tenant.id);
      return provisioning.status(ctx.db, tenant);
    },
  };
}

/**
 * Makes a tenant, with all that it is to have elsewhere in the same transaction: by an operator, or by somebody who
 * registers.
 * @throws ConflictError when the name, or a namespace, belongs to another tenant
 */
export async function makeTenant(
  tx: Executor,
  deps: Pick<TenantsDeps, 'tenants' | 'provisioning'>,
  { namespaces = [], ...input }: Pick<CreateTenant, 'name'> & Partial<CreateTenant>,
): Promise<Tenant> {
  const { tenants, provisioning } = deps;
  const id = await tenants.insert(tx, input);
  if (id === undefined) throw nameTaken();
  await claimNamespaces(tx, tenants, id, namespaces);
  await provisioning.arrive(tx, id);
  return present(found(await tenants.find(tx, id)));
}

async function claimNamespaces(
  tx: Executor,
  tenants: TenantStore,
  tenantId: string,
  namespaces: readonly CostNamespace[],
): Promise<void> {
  const keyOf = ({ cluster, namespace }: CostNamespace) => JSON.stringify([cluster, namespace]);
  const wanted = [...new Map(namespaces.map((item) => [keyOf(item), item])).values()];
  const taken = new Set((await tenants.setNamespaces(tx, tenantId, wanted)).map(keyOf));
  if (taken.size === 0) return;
  throw new ConflictError(
    'A namespace belongs to one tenant only.',
    namespaces.flatMap((item, index) =>
      taken.has(keyOf(item))
        ? [
            {
              location: `body.namespaces[${index}]`,
              message: 'Belongs to another tenant',
              fix: 'Take it from that tenant first',
            },
          ]
        : [],
    ),
  );
}

function nameTaken(): ConflictError {
  return new ConflictError('Another tenant has this name.', [
    { location: 'body.name', message: 'Taken', fix: 'Choose another name; letter case makes no difference' },
  ]);
}

function found(row: TenantRow | undefined): TenantRow {
  if (!row) throw new NotFoundError('There is no such tenant.');
  return row;
}

function refuseLeaving({ state }: { state: TenantState }): void {
  if (state === 'deleting') throw new ConflictError('This tenant is being removed; that cannot be undone.');
}

/** A tenant as the API shows it. */
export function present(row: TenantRow): Tenant {
  return {
    id: row.id,
    name: row.name,
    plan: row.plan,
    state: row.state,
    features: row.features,
    limits: row.limits,
    namespaces: row.namespaces,
    isActive: row.is_active,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
