/**
 * Files of tenants. Whatever is done is done under one tenant's prefix, `<tenantId>/`: who holds a `TenantObjects`
 * cannot name anything outside of it.
 */
export interface TenantObjects {
  /** Replaces what is there. @param name relative to the tenant's prefix */
  put(name: string, content: string, contentType: string): Promise<void>;
  /** Names relative to the tenant's prefix, in no order. */
  list(): AsyncIterable<string>;
  /** Those that are there; others are no error. */
  delete(names: readonly string[]): Promise<void>;
}

export interface ObjectStore {
  /** For people: where it is. */
  readonly place: string;
  /** @throws when it is not the id of a tenant */
  of(tenantId: string, signal: AbortSignal): TenantObjects;
}
