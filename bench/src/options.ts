// The command line.
import { parseArgs } from 'node:util';

const COMMANDS = ['query', 'ingest', 'micro', 'control-plane', 'search'] as const;
export type Command = (typeof COMMANDS)[number];

export interface Options {
  readonly command: Command;
  readonly quick: boolean;
  readonly json: boolean;
  readonly profile: boolean;
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  /** Only scenarios whose name holds this. */
  readonly only: string | undefined;
}

export const USAGE = `npm run bench -- <query | ingest | micro | control-plane | search> [options]

  query   our proxy, prom-label-proxy, nginx and nothing, on a query_range answer of 22 KB
  ingest  our proxy, the OTel Collector and nginx, on OTLP logs (1,000 records, 233 KB) and remote_write (2,000 series)
  micro   the pure functions alone: nanoseconds per enforced query and per stamped record
  control-plane  lists and look-ups over 10,000 tenants, 100,000 keys and 500,000 audit events
  search  500 users searching a million log lines, 100,000 spans and 5,000 series; filling the stores takes minutes, once

  --quick      one short round: does it work, not how fast is it
  --rounds N   rounds of a contest; the figures are medians over them (default 5)
  --seconds N  length of one measured window (default 3; of search, 60)
  --only TEXT  only scenarios whose name holds TEXT
  --profile    instead of the contest: where our proxy's time goes, by part
  --json       print the result as JSON; it is kept in bench/results/ in any case
  --help       this

The contests need Linux, nginx and wrk on PATH, and Go to build the peers once.`;

/** Undefined when help is asked for. Throws, naming what is wrong, on anything else it does not know. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const [given, ...rest] = positionals;
  const command = COMMANDS.find((name) => name === given);
  if (!command || rest.length > 0) throw new Error(`say one of ${COMMANDS.join(', ')}`);
  return {
    command,
    quick: values.quick,
    json: values.json,
    profile: values.profile,
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
    only: values.only,
  };
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number above 0`);
  return value;
}
