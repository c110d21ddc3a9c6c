/** `npm run verify`: is what a tenant pushes there for that tenant within seconds, and for nobody else? */
import { parseArgs } from 'node:util';
import { readDemoFile } from './demo-file.ts';
import { DEFAULT_STACK_DIR, demoFileIn } from './paths.ts';
import { look, push } from './verify/ask.ts';
import { probesFor } from './verify/probes.ts';
import { formatTable, isRight } from './verify/rows.ts';
import { check, realTime } from './verify/run.ts';

const HELP = `Usage: npm run verify [-- options]

Pushes a fresh, marked event of every signal for each demo tenant through the proxy, waits for it on each
query path, and looks for it as the other tenant too. Needs a running stack (npm start).

  --json        print the rows as JSON
  --dir DIR     the folder of the stack (default: $OBSTACK_DIR or ${DEFAULT_STACK_DIR})
  --help        this text

Exit code: 0 when every row is right, 1 when one is not (not seen, seen by the other tenant, no proper
answer, or slower than 5 s), 2 when the check could not be made.
`;

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, dir: { type: 'string' }, help: { type: 'boolean' } },
});

if (options.help) {
  process.stdout.write(HELP);
} else {
  try {
    process.exitCode = await verify();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

async function verify(): Promise<number> {
  const demoFile = demoFileIn(options.dir ?? process.env['OBSTACK_DIR'] ?? DEFAULT_STACK_DIR);
  const demo = await readDemoFile(demoFile);
  if (!demo) throw new Error(`There is no ${demoFile}: start the stack first (npm start).`);
  const [first, second] = demo.tenants;
  if (!first || !second) throw new Error(`${demoFile} does not name two tenants.`);

  const world = {
    ...realTime,
    push: push.bind(undefined, demo.proxyUrl),
    look: look.bind(undefined, demo.proxyUrl),
  };
  const rows = (
    await Promise.all([
      check(world, first, second, await probesFor(first, 'protobuf')),
      check(world, second, first, await probesFor(second, 'json')),
    ])
  ).flat();
  process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : `${formatTable(rows)}\n`);
  return rows.every(isRight) ? 0 : 1;
}
