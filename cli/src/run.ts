/** Makes one call and prints its answer. */
import { type Endpoint, TenantId } from '@obstack/contracts';
import { type Client, paginate } from '@obstack/contracts/client';
import { connect } from './connection.ts';
import { columnsOf, record, table } from './render.ts';
import { CliError } from './report.ts';

export interface Globals {
  url?: string;
  json?: boolean;
  tenant?: string;
}

export interface Run {
  endpoint: Endpoint;
  columns: readonly string[] | undefined;
  globals: Globals;
  /** Of an endpoint within a tenant, the one that was named, if any was. */
  tenant: { name: string | undefined } | undefined;
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: Record<string, unknown> | undefined;
  /** How many items of a list at most. */
  limit: number | undefined;
}

type Method = (input: object) => unknown;
type List = (input: { query?: object }) => Promise<{ items: object[]; next: string | null }>;

export async function run({
  endpoint,
  columns,
  globals,
  tenant,
  params,
  query,
  body,
  limit,
}: Run): Promise<void> {
  const { api } = await connect(globals);
  if (tenant) params = { tenantId: await tenantIdOf(api, tenant.name), ...params };
  else if (params['tenantId'] !== undefined) params['tenantId'] = await tenantIdOf(api, params['tenantId']);

  const method = (api as unknown as Record<string, Method>)[endpoint.id]!;
  const input = { params, query, ...(body && { body }) };
  if (endpoint.lines) {
    for await (const line of method(input) as AsyncIterable<object>) print(JSON.stringify(line));
  } else if (limit !== undefined) {
    const { items, more } = await take(paginate(method as List, withPageSize(input, limit)), limit);
    printList(items, columns, globals);
    if (more) process.stderr.write(`There are more: --limit ${limit * 10}\n`);
  } else {
    const answer = (await method(input)) as object | undefined;
    if (answer === undefined) print(globals.json ? 'null' : 'Done.');
    else if (isList(answer)) printList(answer.items, columns, globals);
    else print(globals.json ? JSON.stringify(answer, null, 2) : record(answer));
  }
}

/** A tenant may be named by its name; a user of one need not name it at all. */
async function tenantIdOf(api: Client, given = process.env['OBSTACK_TENANT']): Promise<string> {
  if (!given) {
    const { tenant } = await api.getMe();
    if (tenant) return tenant.id;
    throw new CliError('Which tenant? Name it with --tenant <name or id>, or set OBSTACK_TENANT.');
  }
  if (TenantId.safeParse(given).success) return given;
  const { tenant } = await api.getMe();
  if (tenant) {
    // Its own people know it by its name; any other they may not even look up.
    if (sameName(tenant.name, given)) return tenant.id;
    throw new CliError(`You belong to ${tenant.name}, and cannot see a tenant called ${given}.`);
  }
  for await (const { id, name } of paginate(api.listTenants, { query: { name: given, limit: 200 } })) {
    if (sameName(name, given)) return id;
  }
  throw new CliError(`There is no tenant called ${given}; see \`obstack tenants list\`.`);
}

const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

const withPageSize = (input: { query: Record<string, unknown> }, limit: number) => ({
  ...input,
  query: { ...input.query, limit: Math.min(limit, 200) },
});

async function take<T>(items: AsyncIterable<T>, limit: number): Promise<{ items: T[]; more: boolean }> {
  const taken: T[] = [];
  for await (const item of items) {
    if (taken.length === limit) return { items: taken, more: true };
    taken.push(item);
  }
  return { items: taken, more: false };
}

const isList = (answer: object): answer is { items: object[] } =>
  'items' in answer && Array.isArray(answer.items);

function printList(items: object[], columns: readonly string[] | undefined, { json }: Globals): void {
  if (json) print(JSON.stringify(items, null, 2));
  else if (items.length === 0) print('None.');
  else print(table(items, columns ?? columnsOf(items)));
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
