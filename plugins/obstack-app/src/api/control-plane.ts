/**
 * The admin API, as Grafana's plugin proxy reaches it. It brings the contracts' schemas along, which read every answer:
 * so only pages that are loaded when they are opened import it.
 */
import { createClient } from '@obstack/contracts/client';
import { CONTROL_PLANE_API } from '../constants';
import { backendFetch } from './backend-fetch';

export { etagOf } from '@obstack/contracts/client';

export const controlPlane = createClient({ baseUrl: CONTROL_PLANE_API, fetch: backendFetch });

/** One for each thing to create, the same at each attempt. (`randomUUID` is not there where Grafana has no TLS.) */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
