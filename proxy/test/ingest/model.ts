// What stamping means, said once more and quite differently: on decoded messages, with regular expressions.
type Message = Record<string, unknown>;

/** Names that a store makes `tenant_id` of, or that we treat so to be on the safe side. */
export const SPOOFS = [
  'tenant_id',
  'tenant.id',
  'tenant-id',
  'tenant/id',
  'tenant id',
  'tenant__id',
  'tenant._-id',
  'tenant\u00e9id',
  'tenant\u{1F600}id',
  'tenant\u0000id',
  '_tenant_id',
  'tenant_id_',
  '__tenant_id__',
  '.tenant.id.',
] as const;

/** Names that stay other labels in every store. */
export const INNOCENT = [
  'tenant',
  'id',
  'tenantid',
  'tenantId',
  'Tenant_ID',
  'TENANT_ID',
  'tenant_id_x',
  'x_tenant_id',
  'tenant_id2',
  '2tenant_id',
  'tenant.i.d',
  't',
  'ten.ant.id',
] as const;

export const normalise = (...keys: string[]): string =>
  keys
    .join('_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

const ATTRIBUTE_LISTS = ['attributes', 'filteredAttributes', 'metadata'];
const RESOURCE_LISTS = ['resourceLogs', 'resourceMetrics', 'resourceSpans'];

/** The decoded request as it must be after stamping. The argument is changed. */
export function stampedModel(request: Message, tenantId: string): Message {
  clean(request);
  for (const name of RESOURCE_LISTS) {
    for (const group of (request[name] ?? []) as Message[]) {
      const resource = (group['resource'] ??= {}) as Message;
      const attributes = (resource['attributes'] ??= []) as unknown[];
      attributes.push({ key: 'tenant_id', value: { stringValue: tenantId } });
    }
  }
  return request;
}

function clean(node: unknown): void {
  if (Array.isArray(node)) return node.forEach(clean);
  if (typeof node !== 'object' || node === null) return;
  const message = node as Message;
  for (const [name, value] of Object.entries(message)) {
    if (name === 'body') continue;
    if (ATTRIBUTE_LISTS.includes(name) && Array.isArray(value)) {
      const kept = cleanList(value as Message[], []);
      if (kept.length > 0) message[name] = kept;
      else Reflect.deleteProperty(message, name);
    } else {
      clean(value);
    }
  }
}

function cleanList(attributes: Message[], path: string[]): Message[] {
  const kept = attributes.filter((item) => normalise(...path, key(item)) !== 'tenant_id');
  for (const item of kept) cleanValue(item['value'], [...path, key(item)]);
  return kept;
}

function cleanValue(value: unknown, path: string[]): void {
  const { kvlistValue, arrayValue } = (value ?? {}) as { kvlistValue?: Message; arrayValue?: Message };
  if (kvlistValue?.['values']) {
    const kept = cleanList(kvlistValue['values'] as Message[], path);
    if (kept.length > 0) kvlistValue['values'] = kept;
    else delete kvlistValue['values'];
  }
  for (const element of (arrayValue?.['values'] ?? []) as unknown[]) cleanValue(element, path);
}

const key = (item: Message): string => (item['key'] ?? '') as string;
