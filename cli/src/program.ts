/** The command line as a whole: commands from the table, and the few that are more than one call. */
import { type Endpoint, type PublicEndpoint, publicEndpoints } from '@obstack/contracts';
import { Argument, Command } from 'commander';
import { COMMANDS, type EndpointCommand, GROUPS } from './commands.ts';
import { type Flag, flagsOf } from './flags.ts';
import { lineFromInput } from './ask.ts';
import { addLogin } from './login.ts';
import { type Globals, run } from './run.ts';
import { addStatus } from './status.ts';

/** @param words of the command line; groups that none of them names stay without their commands, to start faster */
export function createProgram(words: readonly string[] = Object.keys(GROUPS)): Command {
  const program = new Command('obstack')
    .description('Tenants, people, keys and the audit log of an Obstack, from the shell.')
    .option('--url <url>', 'the address of control-plane (OBSTACK_URL)')
    .option('--json', 'print what the API answered, for programs')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', HELP)
    .exitOverride();
  addStatus(program);
  addLogin(program);
  for (const [name, description] of Object.entries(GROUPS)) {
    const group = program.command(name).description(description).copyInheritedSettings(program);
    const wanted = words.includes(name) ? COMMANDS.filter((command) => command.group === name) : [];
    for (const command of wanted) add(group, command);
  }
  return program;
}

const HELP = `
Examples:
  obstack status
  obstack tenants create --name checkout --plan saas
  obstack keys create --tenant checkout --name agent --json
  obstack audit list --tenant checkout --outcome denied

Who you are: OBSTACK_TOKEN, or what \`obstack login\` keeps (readable by you alone); in a checkout with a running
demo (npm start) nothing is needed.

Exit codes: 0 done; 1 refused, the message says why; 2 not a proper command; 3 not signed in; 4 nothing answers.`;

function endpointOf(id: PublicEndpoint['id']): Endpoint {
  return publicEndpoints.find((endpoint) => endpoint.id === id)!;
}

/** Secrets are never options: every user of the machine can list those of a running process. */
const SECRETS = ['password', 'secret'];

function add(group: Command, spec: EndpointCommand): void {
  const endpoint = endpointOf(spec.endpoint);
  const params = Object.keys(endpoint.params?.shape ?? {});
  // `tenants get <tenant>`, but `keys get <keyId> --tenant <tenant>`.
  const names = spec.group === 'tenants' ? params : params.filter((name) => name !== 'tenantId');
  const takesTenant = params.length > names.length;
  const [summary, ...more] = endpoint.summary.split('; ');

  const command = group
    .command(spec.verb)
    .summary(summary!)
    .description([summary, ...more].join('; '))
    .copyInheritedSettings(group)
    .addHelpText('after', `\nExample:\n  ${spec.example}`);
  for (const name of names) command.addArgument(new Argument(`<${name === 'tenantId' ? 'tenant' : name}>`));
  if (takesTenant) {
    command.option(
      '-t, --tenant <tenant>',
      'id or name; your own, unless you are an operator (OBSTACK_TENANT)',
    );
  }
  const paged = endpoint.query !== undefined && 'cursor' in endpoint.query.shape;
  const query = (endpoint.query ? flagsOf(endpoint.query) : []).filter(({ field }) => !isPaging(field));
  const body = endpoint.request ? flagsOf(endpoint.request) : [];
  const secrets = body.filter(({ field }) => SECRETS.includes(field));
  for (const { field, options } of [...query, ...body]) {
    if (SECRETS.includes(field)) command.option(`--${field}-stdin`, `read the ${field} from standard input`);
    else for (const option of options) command.addOption(option);
  }
  if (paged) command.option('--limit <n>', 'at most so many', Number, 100);

  command.action(async (...args: unknown[]) => {
    const options = command.optsWithGlobals<Globals & Record<string, unknown>>();
    const given = valuesOf(body, options);
    for (const { field } of secrets) if (options[`${field}Stdin`]) given[field] = await lineFromInput();
    await run({
      endpoint,
      columns: spec.columns,
      globals: options,
      tenant: takesTenant ? { name: options.tenant } : undefined,
      params: Object.fromEntries(names.map((name, i) => [name, args[i] as string])),
      query: valuesOf(query, options),
      body: endpoint.request ? given : undefined,
      limit: paged ? (options['limit'] as number) : undefined,
    });
  });
}

const isPaging = (field: string) => field === 'cursor' || field === 'limit';

function valuesOf(flags: readonly Flag[], options: Record<string, unknown>): Record<string, unknown> {
  const given = flags.filter(({ field }) => options[field] !== undefined);
  return Object.fromEntries(given.map(({ field }) => [field, options[field]]));
}
