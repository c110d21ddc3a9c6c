/** `obstack status`: is it there, who am I, and is anything not as it should be? */
import type { TenantState } from '@obstack/contracts';
import { type Client, paginate } from '@obstack/contracts/client';
import type { Command } from 'commander';
import { connect } from './connection.ts';
import { record } from './render.ts';
import { type Globals, print } from './run.ts';

export function addStatus(program: Command): void {
  const status = program.command('status');
  status
    .summary('Where the API is, who you are, what needs a look')
    .description('Where the API is, whether it is well, who you are there, and which tenants are not ready')
    .copyInheritedSettings(program)
    .addHelpText('after', '\nExample:\n  obstack status --json')
    .action(async () => {
      const globals = status.optsWithGlobals<Globals>();
      const shown = await look(globals);
      print(globals.json ? JSON.stringify(shown, null, 2) : record(shown));
    });
}

async function look(globals: Globals): Promise<object> {
  const { api, url, urlFrom, tokenFrom } = await connect(globals);
  const start = performance.now();
  const { status } = await api.getHealth();
  const place = { url, from: urlFrom, api: status, milliseconds: Math.round(performance.now() - start) };
  if (tokenFrom === undefined) {
    return { ...place, signedIn: 'no: obstack login, or set OBSTACK_TOKEN' };
  }
  const { type, email, tenant, roles } = await api.getMe();
  return {
    ...place,
    signedIn: email,
    by: tokenFrom,
    ...(type === 'operator'
      ? { as: 'operator', tenants: await notReady(api) }
      : { as: roles.join(', '), tenant: tenant?.name, plan: tenant?.plan, state: tenant?.state }),
  };
}

const UNUSUAL: readonly TenantState[] = ['provisioning', 'suspended', 'deleting'];
/** More of them than this are a matter for `tenants list`. */
const MANY = 10;

async function notReady(api: Client): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const state of UNUSUAL) {
    const names: string[] = [];
    for await (const { name } of paginate(api.listTenants, { query: { state, limit: MANY + 1 } })) {
      names.push(names.length < MANY ? name : '…');
      if (names.length > MANY) break;
    }
    if (names.length) found[state] = names.join(', ');
  }
  return Object.keys(found).length ? found : { all: 'ready' };
}
